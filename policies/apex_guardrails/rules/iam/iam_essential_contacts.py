"""The stack's projects have a contact for Google's security notices."""

from collections.abc import Iterator

from apex_guardrails.gcp.projects import projects_without
from apex_guardrails.gcp.types import (
    ESSENTIALCONTACTS_CONTACT,
    ORGANIZATIONS_FOLDER,
    ORGANIZATIONS_PROJECT,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule


@rule(
    severity="low",
    on=(ORGANIZATIONS_PROJECT, ESSENTIALCONTACTS_CONTACT),
    scope="stack",
    # Most organizations have contacts at the top, where a project's stack does not see them.
    level="disabled",
    controls=["cis-gcp-4.0:1.16"],
    fix="Create essentialcontacts.Contact for SECURITY with the project as its parent.",
)
def iam_essential_contacts(stack: Stack) -> Iterator[Violation]:
    """Otherwise they go only to the project's owners, who may have left."""
    for project in projects_without(
        stack, {ESSENTIALCONTACTS_CONTACT: "parent"}, _hears_of_security
    ):
        yield project.fail("has no contact for security notices")


def _hears_of_security(contact: Resource) -> bool:
    categories = contact.each("notificationCategorySubscriptions")
    return any(category.get("") in ("SECURITY", "ALL") for category in categories)


def _contact(parent: object, *categories: object) -> case.CaseResource:
    return case.resource(
        ESSENTIALCONTACTS_CONTACT, parent=parent, notificationCategorySubscriptions=list(categories)
    )


OURS = case.resource(ORGANIZATIONS_PROJECT, "ours", projectId="p-1")
CASES = [
    case.passes(_contact("projects/p-1", "BILLING")),
    case.passes(OURS, _contact("projects/p-1", "SECURITY")),
    case.passes(OURS, _contact("projects/p-1", "BILLING", "ALL")),
    case.passes(OURS, _contact("projects/p-1", UNKNOWN, "ALL")),
    case.passes(OURS, _contact("folders/1", "SECURITY")),
    case.passes(OURS, _contact("organizations/1", "SECURITY")),
    case.passes(OURS, _contact(case.output_of("ours"), "SECURITY")),
    case.passes(
        OURS,
        case.resource(ORGANIZATIONS_FOLDER, "folder"),
        _contact(case.output_of("folder"), "ALL"),
    ),
    case.fails(OURS),
    case.fails(OURS, _contact("projects/p-2", "SECURITY")),
    case.fails(OURS, _contact(UNKNOWN, "SECURITY")),
    case.fails(OURS, _contact("projects/p-1", "BILLING")),
    case.fails(OURS, _contact("projects/p-1")),
    case.fails(OURS, case.resource(ESSENTIALCONTACTS_CONTACT, parent="projects/p-1")),
    case.fails(
        OURS, case.resource(ESSENTIALCONTACTS_CONTACT, notificationCategorySubscriptions=["ALL"])
    ),
    case.fails(
        OURS,
        case.resource(ORGANIZATIONS_PROJECT, projectId="p-2"),
        _contact(case.output_of("ours"), "SECURITY"),
    ),
    case.undecided(OURS, _contact("projects/p-1", UNKNOWN)),
    case.undecided(
        OURS,
        case.resource(
            ESSENTIALCONTACTS_CONTACT,
            parent="projects/p-1",
            notificationCategorySubscriptions=UNKNOWN,
        ),
    ),
]
