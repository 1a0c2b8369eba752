"""VMs do not forward packets."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES
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
    controls=["cis-gcp-4.0:4.6", "checkov:CKV_GCP_36", "trivy:GCP-0043"],
    fix="Remove can_ip_forward=True.",
)
def compute_no_ip_forwarding(machine: Resource) -> Iterator[Violation]:
    """A compromised VM can relay or intercept traffic."""
    # Omitted: off (Compute Engine API, canIpForward).
    if machine.get("canIpForward", omitted=False) is not False:
        yield machine.fail("can forward packets", at="canIpForward")


CASES = [
    case.passes(canIpForward=False),
    case.passes(),
    case.fails(canIpForward=True),
    case.undecided(canIpForward=case.UNKNOWN),
    case.fails(case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE, canIpForward=True)),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=True)),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=True)),
    case.fails(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, canIpForward=True)),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)),
]
