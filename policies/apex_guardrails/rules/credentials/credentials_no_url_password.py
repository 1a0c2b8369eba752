"""No URL in an input contains a password."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONSV2_FUNCTION,
    COMPUTE_NETWORK,
    STORAGE_BUCKET_OBJECT,
)
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import ADDRESS as RULE
from apex_guardrails.rules.families.shown_inputs import find_shown, find_violations

ADDRESS = "postgresql://app:" + "example" + "@db:5432/x"
PARTLY_KNOWN = case.concat("redis://:", case.UNKNOWN, "@10.0.0.3")


@rule(
    severity="high",
    on=ANY_TYPE,
    found_by=find_shown,
    fix="Set host and user in plain text, and take the password from Secret Manager.",
)
def credentials_no_url_password(resource: Resource) -> Iterator[Violation]:
    """URLs are written to logs, and the password with them."""
    return find_violations(resource, RULE)


CASES = [
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content="https://example.org:443/a@b")),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content=case.UNKNOWN)),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content="no address")),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT)),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content="https://example.org")),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, content=ADDRESS)),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, content=f"see {ADDRESS}, then")),
    case.fails(
        case.resource(
            CLOUDFUNCTIONSV2_FUNCTION, serviceConfig={"environmentVariables": {"URL": ADDRESS}}
        )
    ),
    # Of an address of which not all is known, the rest tells whether a password is in it.
    *(
        outcome(
            case.resource(
                CLOUDFUNCTIONSV2_FUNCTION, serviceConfig={"environmentVariables": variables}
            )
        )
        for outcome, variables in (
            (case.passes, {"LINK": case.concat("redis://", case.UNKNOWN, ":6379")}),
            (case.fails, {"LINK": PARTLY_KNOWN}),
            (case.fails, {"LINK": PARTLY_KNOWN, "API_KEY": ""}),
        )
    ),
    # Another rule asks what is in descriptions.
    case.passes(case.resource(COMPUTE_NETWORK, description=ADDRESS)),
]
