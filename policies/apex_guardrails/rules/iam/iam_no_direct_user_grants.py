"""Roles go to groups, not to single users."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import read_grants
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule
from apex_guardrails.rules.families.grant_cases import grant_cases, partly_known_cases


@rule(
    severity="medium",
    on=LEVEL_GRANTS,
    controls=["trivy:GCP-0003"],
    fix="Grant the role to a group (group:...).",
)
def iam_no_direct_user_grants(grant: Resource) -> Iterator[Violation]:
    """People who leave keep their access."""
    for given in read_grants(grant):
        if given.kind == "user":
            name = "" if given.given_member is UNKNOWN else f" {given.address}"
            yield grant.fail(f"grants a role to the single user{name}", at=given.path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[
            ("roles/run.viewer", "serviceAccount:api@p.iam.gserviceaccount.com"),
        ],
        bad=[("roles/run.viewer", "user:a@example.org")],
        needs=["member"],
    ),
    *partly_known_cases(
        LEVEL_GRANTS[0],
        passes=[("group:", UNKNOWN), ("serviceAccount:", UNKNOWN, "@p.iam.gserviceaccount.com")],
        fails=[("user:", UNKNOWN), ("user:a@", UNKNOWN)],
        undecided=[("us", UNKNOWN), (UNKNOWN, "@example.org")],
    ),
    case.fails(
        case.resource(
            LEVEL_GRANTS[1],
            role="roles/run.viewer",
            members=[UNKNOWN, case.concat("user:", UNKNOWN)],
        )
    ),
]
