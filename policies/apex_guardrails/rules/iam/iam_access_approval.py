"""Google support needs approval to access the stack's projects."""

from collections.abc import Iterator

from apex_guardrails.gcp.projects import projects_without
from apex_guardrails.gcp.types import (
    FOLDER_ACCESS_APPROVAL_SETTINGS,
    ORGANIZATIONS_ACCESS_APPROVAL_SETTINGS,
    ORGANIZATIONS_PROJECT,
    PROJECTS_ACCESS_APPROVAL_SETTINGS,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule

# Besides the catalogue's: both hold for the projects below.
ABOVE = (FOLDER_ACCESS_APPROVAL_SETTINGS, ORGANIZATIONS_ACCESS_APPROVAL_SETTINGS)


@rule(
    severity="low",
    on=(ORGANIZATIONS_PROJECT, PROJECTS_ACCESS_APPROVAL_SETTINGS, *ABOVE),
    scope="stack",
    # It slows support down, needs a paid support plan, and is mostly set for the organization.
    level="disabled",
    controls=["cis-gcp-4.0:2.15"],
    fix="Create projects.AccessApprovalSettings with enrolled_services.",
)
def iam_access_approval(stack: Stack) -> Iterator[Violation]:
    """Without it, Google's staff can read customer data for a support case."""
    types = {PROJECTS_ACCESS_APPROVAL_SETTINGS: "projectId", ABOVE[0]: None, ABOVE[1]: None}
    for project in projects_without(stack, types, _is_enrolled):
        yield project.fail("does not require approval for access by Google")


def _is_enrolled(settings: Resource) -> bool:
    return bool(settings.get("enrolledServices"))


def _settings(token: str, services: object, **where: object) -> case.CaseResource:
    return case.CaseResource(token, {"enrolledServices": services, **where})


ALL = [{"cloudProduct": "all"}]
OURS = case.resource(ORGANIZATIONS_PROJECT, "ours", projectId="p-1")
CASES = [
    case.passes(_settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, [], projectId="p-1")),
    case.passes(OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, ALL, projectId="p-1")),
    case.passes(
        OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, ALL, projectId=case.output_of("ours"))
    ),
    *(case.passes(OURS, _settings(token, ALL)) for token in ABOVE),
    *(case.fails(OURS, _settings(token, [])) for token in ABOVE),
    case.fails(OURS),
    case.fails(OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, ALL, projectId="p-2")),
    case.fails(OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, ALL)),
    case.fails(OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, [], projectId="p-1")),
    case.fails(OURS, case.resource(PROJECTS_ACCESS_APPROVAL_SETTINGS, projectId="p-1")),
    case.undecided(OURS, _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, UNKNOWN, projectId="p-1")),
    case.passes(
        OURS,
        _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, UNKNOWN, projectId="p-2"),
        _settings(PROJECTS_ACCESS_APPROVAL_SETTINGS, ALL, projectId="p-1"),
    ),
]
