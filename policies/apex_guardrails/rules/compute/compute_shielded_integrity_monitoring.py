"""Shielded VM integrity monitoring is enabled."""

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
    severity="medium",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.8", "checkov:CKV_GCP_39", "trivy:GCP-0045"],
    fix="Set enable_integrity_monitoring=True.",
)
def compute_shielded_integrity_monitoring(machine: Resource) -> Iterator[Violation]:
    """Without it, a tampered boot chain goes unnoticed."""
    path = "shieldedInstanceConfig.enableIntegrityMonitoring"
    if is_left_open(machine, path):
        return
    # Omitted: on in a block that is there; without one it depends on the image.
    if not machine.is_set("shieldedInstanceConfig") or machine.get(path, omitted=True) is not True:
        yield machine.fail("has no integrity monitoring", at=path)


CASES = [
    case.passes(shieldedInstanceConfig={"enableIntegrityMonitoring": True}),
    case.passes(shieldedInstanceConfig={}),
    case.fails(shieldedInstanceConfig={"enableIntegrityMonitoring": False}),
    case.fails(),
    case.undecided(shieldedInstanceConfig={"enableIntegrityMonitoring": case.UNKNOWN}),
    case.undecided(shieldedInstanceConfig=case.UNKNOWN),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=False)),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=False)),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(
            case.resource(token, shieldedInstanceConfig={"enableIntegrityMonitoring": False})
        )
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
