"""Shielded VM vTPM is enabled."""

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
    controls=["cis-gcp-4.0:4.8", "checkov:CKV_GCP_39", "trivy:GCP-0041"],
    fix="Set shielded_instance_config.enable_vtpm=True.",
)
def compute_shielded_vtpm(machine: Resource) -> Iterator[Violation]:
    """Without a virtual TPM, boot measurements cannot be taken."""
    path = "shieldedInstanceConfig.enableVtpm"
    if is_left_open(machine, path):
        return
    # Omitted: on in a block that is there; without one it depends on the image.
    if not machine.is_set("shieldedInstanceConfig") or machine.get(path, omitted=True) is not True:
        yield machine.fail("has no virtual TPM", at=path)


CASES = [
    case.passes(shieldedInstanceConfig={"enableVtpm": True}),
    case.passes(shieldedInstanceConfig={}),
    case.fails(shieldedInstanceConfig={"enableVtpm": False}),
    case.fails(),
    case.undecided(shieldedInstanceConfig={"enableVtpm": case.UNKNOWN}),
    case.undecided(shieldedInstanceConfig=case.UNKNOWN),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=False)),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=False)),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, shieldedInstanceConfig={"enableVtpm": False}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
