"""A stack with VMs schedules OS patching."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE,
    OSCONFIG_OS_POLICY_ASSIGNMENT,
    OSCONFIG_PATCH_DEPLOYMENT,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule

PATCHES = (OSCONFIG_PATCH_DEPLOYMENT, OSCONFIG_OS_POLICY_ASSIGNMENT)
IMAGE = "bootDisk.initializeParams.image"


# Off by default: who patches is mostly settled once for a project or an organization.
@rule(
    severity="medium",
    on=(COMPUTE_INSTANCE, *PATCHES),
    scope="stack",
    controls=["cis-gcp-4.0:4.12"],
    fix="Create gcp.osconfig.PatchDeployment.",
    level="disabled",
)
def compute_os_patching_configured(stack: Stack) -> Iterator[Violation]:
    """Without patches, known vulnerabilities stay open on long-running VMs."""
    if any(stack.of_type(*PATCHES)):
        return
    for machine in stack.of_type(COMPUTE_INSTANCE):
        if _can_be_patched(machine):
            # One is enough: what is missing is missing once.
            yield machine.fail("is not patched by anything in the stack")
            return


def _can_be_patched(machine: Resource) -> bool:
    """Whether its system is one that is patched in place.

    Container-Optimized OS is not: its root is read-only, and a new image takes its place (VM
    Manager documentation, "Operating system details", 2026-11).
    """
    image = str(machine.peek(IMAGE))
    return "cos-cloud" not in image and not image.rpartition("/")[2].startswith("cos-")


def _vm(image: object) -> case.CaseResource:
    return case.resource(COMPUTE_INSTANCE, bootDisk={"initializeParams": {"image": image}})


DEBIAN = _vm("debian-cloud/debian-12")
CASES = [
    case.passes(DEBIAN, case.resource(PATCHES[0], instanceFilter={"all": True})),
    case.passes(DEBIAN, case.resource(PATCHES[1], instanceFilter={"all": True})),
    case.passes(_vm("projects/cos-cloud/global/images/family/stable")),
    case.passes(_vm("cos-129-lts")),
    case.passes(case.resource(PATCHES[0], instanceFilter={"all": True})),
    case.fails(DEBIAN),
    case.fails(_vm("cos-129-lts"), DEBIAN),
    case.fails(_vm(UNKNOWN)),
    case.fails(case.resource(COMPUTE_INSTANCE)),
]
