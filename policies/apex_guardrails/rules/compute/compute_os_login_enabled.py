"""VMs enable OS Login explicitly."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_left_open, metadata_flag
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

PATH = 'metadata["enable-oslogin"]'


@rule(
    severity="medium",
    on=MACHINES,
    controls=["trivy:GCP-0036"],
    fix='Set metadata={"enable-oslogin":"TRUE"}.',
    level="disabled",
)
def compute_os_login_enabled(machine: Resource) -> Iterator[Violation]:
    """The project default may be off."""
    # Omitted: the project's setting holds, which is off unless somebody switched it on.
    if not is_left_open(machine, PATH) and not metadata_flag(machine, "enable-oslogin"):
        yield machine.fail("does not enable OS Login", at=PATH)


CASES = [
    case.passes(metadata={"enable-oslogin": "TRUE"}),
    case.fails(metadata={"enable-oslogin": "FALSE"}),
    case.fails(metadata={}),
    case.fails(),
    case.undecided(metadata={"enable-oslogin": case.UNKNOWN}),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, metadata={})),
    case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, metadata={})),
    *(case.passes(metadata={"enable-oslogin": yes}) for yes in ("Y", " yes ", "1")),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, metadata={"enable-oslogin": "false"}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
