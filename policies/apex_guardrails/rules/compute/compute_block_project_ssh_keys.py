"""VMs block project-wide SSH keys."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_left_open, metadata_flag
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

PATH = 'metadata["block-project-ssh-keys"]'


@rule(
    severity="medium",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.3", "checkov:CKV_GCP_32", "trivy:GCP-0030"],
    fix='Set metadata={"block-project-ssh-keys":"true"}.',
)
def compute_block_project_ssh_keys(machine: Resource) -> Iterator[Violation]:
    """One leaked project key opens every VM."""
    # Where OS Login is on, keys in metadata are not looked at.
    if metadata_flag(machine, "enable-oslogin"):
        return
    if is_left_open(machine, PATH):
        return
    # Omitted: the project's keys are accepted.
    if not metadata_flag(machine, "block-project-ssh-keys"):
        yield machine.fail("accepts the project's SSH keys", at=PATH)


CASES = [
    case.passes(metadata={"block-project-ssh-keys": "true"}),
    case.passes(metadata={"enable-oslogin": "TRUE"}),
    case.fails(metadata={"block-project-ssh-keys": "false"}),
    case.fails(metadata={"enable-oslogin": "FALSE"}),
    case.fails(),
    case.undecided(metadata={"enable-oslogin": case.UNKNOWN}),
    case.undecided(metadata={"block-project-ssh-keys": case.UNKNOWN}),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, metadata={})),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, metadata={})),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, metadata={"block-project-ssh-keys": "false"}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
