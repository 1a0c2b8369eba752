"""No input holds a URL with a password."""

from collections.abc import Iterator

from policies.model import ANY_TYPE, Complaint, Resource, case, rule
from policies.model.credentials import has_password, may_hold_password

NETWORK = "gcp:compute/network:Network"
ADDRESS = "postgresql://app:" + "example" + "@db:5432/x"


@rule(
    severity="high",
    on=ANY_TYPE,
    fix="Split the URL.",
)
def credentials_no_url_password(resource: Resource) -> Iterator[Complaint]:
    """Connection strings leak in logs."""
    data = resource.serialized
    if data is not None and not may_hold_password(data):
        return
    for leaf in resource.leaves():
        # A secret mark is no excuse: an address is shown in logs and consoles.
        if isinstance(leaf.value, str) and has_password(leaf.value):
            yield resource.fail("holds an address with a password in it", at=leaf.path)


CASES = [
    case.passes(case.resource(NETWORK, description="https://example.org:443/a@b")),
    case.passes(case.resource(NETWORK, description=case.UNKNOWN)),
    case.passes(case.resource(NETWORK, description="no address")),
    case.passes(case.resource(NETWORK)),
    case.passes(case.resource(NETWORK, mtu=1460, description="https://example.org")),
    case.fails(case.resource(NETWORK, description=ADDRESS)),
    case.fails(case.resource(NETWORK, description=f"see {ADDRESS}, then")),
    case.fails(
        case.resource(
            "gcp:cloudfunctionsv2/function:Function",
            serviceConfig={"environmentVariables": {"URL": ADDRESS}},
        )
    ),
]
