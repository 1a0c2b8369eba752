"""OS Login is enabled in the project's metadata."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import is_true, metadata_flag
from apex_guardrails.gcp.types import COMPUTE_PROJECT_METADATA, COMPUTE_PROJECT_METADATA_ITEM
from apex_guardrails.model import Resource, Violation, case, rule


def _is_about_os_login(project: Resource) -> bool:
    """Whether it is all of the project's metadata, or that item of it."""
    return project.type.token == COMPUTE_PROJECT_METADATA or project.get("key") == "enable-oslogin"


@rule(
    severity="medium",
    on=(COMPUTE_PROJECT_METADATA, COMPUTE_PROJECT_METADATA_ITEM),
    controls=["cis-gcp-4.0:4.4", "checkov:CKV_GCP_33", "trivy:GCP-0042"],
    when=_is_about_os_login,
    fix='Set metadata={"enable-oslogin": "TRUE"}.',
)
def compute_project_os_login(project: Resource) -> Iterator[Violation]:
    """Otherwise SSH keys in the metadata, not IAM, decide who can log in."""
    if project.type.token == COMPUTE_PROJECT_METADATA:
        # Omitted: off.
        if not metadata_flag(project, "enable-oslogin"):
            yield project.fail("does not enable OS Login", at='metadata["enable-oslogin"]')
        return
    if not is_true(project.get("value")):
        yield project.fail("disables OS Login", at="value")


CASES = [
    case.passes(metadata={"enable-oslogin": "TRUE"}),
    case.fails(metadata={"enable-oslogin": "FALSE"}),
    case.fails(metadata={"enable-oslogin": ""}),
    case.fails(metadata={}),
    case.fails(),
    case.undecided(metadata={"enable-oslogin": case.UNKNOWN}),
    case.undecided(metadata=case.UNKNOWN),
    case.passes(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="enable-oslogin", value="true")),
    case.not_applicable(
        case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable", value="FALSE")
    ),
    case.not_applicable(
        case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable", value=case.UNKNOWN)
    ),
    case.not_applicable(case.resource(COMPUTE_PROJECT_METADATA_ITEM)),
    case.fails(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="enable-oslogin", value="FALSE")),
    case.fails(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="enable-oslogin")),
    case.undecided(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key=case.UNKNOWN, value="FALSE")),
    case.undecided(
        case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="enable-oslogin", value=case.UNKNOWN)
    ),
]
