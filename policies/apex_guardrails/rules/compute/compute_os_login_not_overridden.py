"""VMs do not switch OS Login off."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import FROM_IMAGE, MACHINES, metadata_flag
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=MACHINES,
    controls=["checkov:CKV_GCP_34", "trivy:GCP-0036"],
    fix="Remove enable-oslogin=FALSE.",
)
def compute_os_login_not_overridden(machine: Resource) -> Iterator[Violation]:
    """The VM escapes IAM-governed SSH."""
    # Omitted: the project's setting holds.
    if metadata_flag(machine, "enable-oslogin") is False:
        yield machine.fail("switches OS Login off", at='metadata["enable-oslogin"]')


CASES = [
    case.passes(metadata={"enable-oslogin": "TRUE"}),
    case.passes(metadata={"enable-oslogin": ""}),
    case.passes(metadata={}),
    case.passes(),
    case.fails(metadata={"enable-oslogin": "FALSE"}),
    case.undecided(metadata={"enable-oslogin": case.UNKNOWN}),
    case.undecided(metadata=case.UNKNOWN),
    case.fails(
        case.resource(
            "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
            metadata={"enable-oslogin": "false"},
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate", metadata={"enable-oslogin": "false"}
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
            metadata={"enable-oslogin": "false"},
        )
    ),
    case.fails(case.resource(FROM_IMAGE, metadata={"enable-oslogin": "false"})),
    case.passes(case.resource(FROM_IMAGE)),
]
