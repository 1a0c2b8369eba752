"""No personal email account has a role."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import read_grants
from apex_guardrails.model import UNKNOWN, Resource, Violation, rule
from apex_guardrails.rules.families.grant_cases import grant_cases, partly_known_cases

FREE_MAIL = tuple(
    f"@{domain}"
    for domain in (
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "aol.com",
        "icloud.com",
        "protonmail.com",
        "mail.com",
        "zoho.com",
    )
)


@rule(
    severity="high",
    on=LEVEL_GRANTS,
    controls=["trivy:GCP-0069"],
    fix="Use a corporate identity.",
)
def iam_no_personal_emails(grant: Resource) -> Iterator[Violation]:
    """Your organization cannot disable a personal account."""
    for given in read_grants(grant):
        if given.kind == "user" and given.address.lower().endswith(FREE_MAIL):
            yield grant.fail("grants a role to a personal email address", at=given.path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[
            ("roles/run.viewer", "user:a@example.org"),
            ("roles/run.viewer", "user:a@notgmail.com"),
            ("roles/run.viewer", "group:a@gmail.com"),
        ],
        bad=[
            ("roles/run.viewer", f"user:a@{domain}")
            for domain in (
                "gmail.com",
                "Googlemail.com",
                "yahoo.com",
                "hotmail.com",
                "outlook.com",
                "aol.com",
                "icloud.com",
                "protonmail.com",
                "mail.com",
                "zoho.com",
            )
        ],
        needs=["member"],
    ),
    *partly_known_cases(
        LEVEL_GRANTS[0],
        passes=[("group:", UNKNOWN), ("user:", UNKNOWN, "@example.org")],
        fails=[("user:", UNKNOWN, "@Gmail.com"), ("user:a", UNKNOWN, "b@gmail.com")],
        undecided=[("user:", UNKNOWN), ("user:a@", UNKNOWN), (UNKNOWN, "@gmail.com")],
    ),
]
