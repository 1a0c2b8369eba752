"""VMs that hold sensitive data run as Confidential VMs."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_left_open
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="low",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.11"],
    fix="Set confidential_instance_config.",
    level="disabled",
)
def compute_confidential_vm(machine: Resource) -> Iterator[Violation]:
    """Without it, the host can read the VM's memory."""
    # Omitted: off (Compute Engine API, confidentialInstanceConfig).
    if machine.is_set("confidentialInstanceConfig.confidentialInstanceType"):
        return
    path = "confidentialInstanceConfig.enableConfidentialCompute"
    if not is_left_open(machine, path) and machine.get(path, omitted=False) is not True:
        yield machine.fail("does not encrypt its memory", at=path)


CASES = [
    case.passes(confidentialInstanceConfig={"enableConfidentialCompute": True}),
    case.passes(confidentialInstanceConfig={"confidentialInstanceType": "SEV"}),
    case.fails(confidentialInstanceConfig={"enableConfidentialCompute": False}),
    case.fails(confidentialInstanceConfig={}),
    case.fails(),
    case.undecided(confidentialInstanceConfig={"enableConfidentialCompute": case.UNKNOWN}),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=False)),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=False)),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(
            case.resource(token, confidentialInstanceConfig={"enableConfidentialCompute": False})
        )
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
