"""Google's support asks before it reads what is in the stack's projects."""

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
ABOVE = (
    FOLDER_ACCESS_APPROVAL_SETTINGS,
    ORGANIZATIONS_ACCESS_APPROVAL_SETTINGS,
)


@rule(
    severity="low",
    on=(ORGANIZATIONS_PROJECT, PROJECTS_ACCESS_APPROVAL_SETTINGS, *ABOVE),
    scope="stack",
    # It slows support down, needs a paid support plan, and is mostly set for the organization.
    level="disabled",
    controls=[
        "cis-gcp-4.0:2.15",
        "cis-gcp-5.0:2.16",
        "pci-dss-4.0:1.3.1",
        "pci-dss-4.0:1.3.2",
        "pci-dss-4.0:1.5.1",
        "pci-dss-4.0:7.2.1",
        "pci-dss-4.0:7.2.2",
        "pci-dss-4.0:7.2.5",
        "pci-dss-4.0:7.3.1",
        "pci-dss-4.0:7.3.3",
        "pci-dss-4.0:8.2.8",
        "pci-dss-4.0:10.3.2",
        "pci-dss-4.0:A1.2.3",
        "iso-27001:A.5.15",
        "iso-27001:A.8.2",
        "iso-27001:A.8.3",
        "soc2:CC1.3",
        "soc2:CC6.3",
        "hipaa:164.308(a)(4)(i)",
        "hipaa:164.312(a)(1)",
        "hipaa:164.312(d)",
    ],
    fix="Create projects.AccessApprovalSettings with enrolled_services.",
)
def iam_access_approval(stack: Stack) -> Iterator[Violation]:
    """Google's staff can read customer data for a support case without consent."""
    types = {PROJECTS_ACCESS_APPROVAL_SETTINGS: "projectId", ABOVE[0]: None, ABOVE[1]: None}
    for project in projects_without(stack, types, _is_enrolled):
        yield project.fail("does not ask for approval of access by Google")


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
