"""Shielded VM Secure Boot is enabled."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_left_open
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="medium",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.8", "trivy:GCP-0067"],
    fix="Set enable_secure_boot=True.",
    # Compute Engine documentation, "Modify Shielded VM options", 2026-11.
    remedy=sets(value=True, by_hand="the VM must be stopped for it"),
)
def compute_shielded_secure_boot(machine: Resource) -> Iterator[Violation]:
    """Without it, unsigned boot components can run."""
    path = "shieldedInstanceConfig.enableSecureBoot"
    # Omitted: off (Compute Engine API, shieldedInstanceConfig).
    if not is_left_open(machine, path) and machine.get(path, omitted=False) is not True:
        yield machine.fail("boots without Secure Boot", at=path)


CASES = [
    case.passes(shieldedInstanceConfig={"enableSecureBoot": True}),
    case.fails(shieldedInstanceConfig={"enableSecureBoot": False}),
    case.fails(shieldedInstanceConfig={}),
    case.fails(),
    case.undecided(shieldedInstanceConfig={"enableSecureBoot": case.UNKNOWN}),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=False)),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=False)),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, shieldedInstanceConfig={"enableSecureBoot": False}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
