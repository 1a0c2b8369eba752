"""No input holds a URL with a password."""

from collections.abc import Iterator

from policies.model import ANY_TYPE, Complaint, Resource, case, rule
from policies.model.google.shown_inputs import ADDRESS as RULE
from policies.model.google.shown_inputs import complaints

OBJECT = "gcp:storage/bucketObject:BucketObject"
ADDRESS = "postgresql://app:" + "example" + "@db:5432/x"


@rule(
    severity="high",
    on=ANY_TYPE,
    fix="Split the URL.",
)
def credentials_no_url_password(resource: Resource) -> Iterator[Complaint]:
    """Connection strings leak in logs."""
    return complaints(resource, RULE)


CASES = [
    case.passes(case.resource(OBJECT, content="https://example.org:443/a@b")),
    case.passes(case.resource(OBJECT, content=case.UNKNOWN)),
    case.passes(case.resource(OBJECT, content="no address")),
    case.passes(case.resource(OBJECT)),
    case.passes(case.resource(OBJECT, content="https://example.org")),
    case.fails(case.resource(OBJECT, content=ADDRESS)),
    case.fails(case.resource(OBJECT, content=f"see {ADDRESS}, then")),
    case.fails(
        case.resource(
            "gcp:cloudfunctionsv2/function:Function",
            serviceConfig={"environmentVariables": {"URL": ADDRESS}},
        )
    ),
    # Another rule asks what is in descriptions.
    case.passes(case.resource("gcp:compute/network:Network", description=ADDRESS)),
]
