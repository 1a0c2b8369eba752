"""VMs do not disable OS Login."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, metadata_flag
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=MACHINES,
    controls=["checkov:CKV_GCP_34", "trivy:GCP-0036"],
    fix="Remove enable-oslogin=FALSE.",
)
def compute_os_login_not_overridden(machine: Resource) -> Iterator[Violation]:
    """SSH access to the VM is then no longer governed by IAM."""
    # Omitted: the project's setting holds.
    if metadata_flag(machine, "enable-oslogin") is False:
        yield machine.fail("disables OS Login", at='metadata["enable-oslogin"]')


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
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            metadata={"enable-oslogin": "false"},
        )
    ),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, metadata={"enable-oslogin": "false"})),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            metadata={"enable-oslogin": "false"},
        )
    ),
    case.fails(
        case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, metadata={"enable-oslogin": "false"})
    ),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)),
]
