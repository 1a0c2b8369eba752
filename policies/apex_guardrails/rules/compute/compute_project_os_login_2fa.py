"""OS Login asks for a second factor in the project's metadata."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.machines import is_true, metadata_flag
from apex_guardrails.gcp.types import COMPUTE_PROJECT_METADATA, COMPUTE_PROJECT_METADATA_ITEM
from apex_guardrails.model import Resource, Violation, case, rule

KEY = "enable-oslogin-2fa"


def _is_about_it(project: Resource) -> bool:
    """Whether it is all of the project's metadata, or that item of it."""
    return project.type.token == COMPUTE_PROJECT_METADATA or project.get("key") == KEY


@rule(
    severity="low",
    on=(COMPUTE_PROJECT_METADATA, COMPUTE_PROJECT_METADATA_ITEM),
    when=_is_about_it,
    fix='Set metadata={"enable-oslogin": "TRUE", "enable-oslogin-2fa": "TRUE"}.',
    # Programs log in, too, and have no second factor.
    opt_in=True,
)
def compute_project_os_login_2fa(project: Resource) -> Iterator[Violation]:
    """A stolen password or key is enough to log in."""
    # Omitted: off (Compute Engine documentation, "Set up OS Login with 2FA", 2026-11).
    if project.type.token == COMPUTE_PROJECT_METADATA:
        if not metadata_flag(project, KEY):
            yield project.fail("asks for no second factor", at=f'metadata["{KEY}"]')
    elif not is_true(project.get("value")):
        yield project.fail("asks for no second factor", at="value")


def _item(**inputs: Any) -> case.CaseResource:
    return case.resource(COMPUTE_PROJECT_METADATA_ITEM, **inputs)


CASES = [
    case.passes(metadata={KEY: "TRUE"}),
    case.fails(metadata={KEY: "FALSE"}),
    case.fails(metadata={"enable-oslogin": "TRUE"}),
    case.fails(),
    case.undecided(metadata={KEY: case.UNKNOWN}),
    case.undecided(metadata=case.UNKNOWN),
    case.passes(_item(key=KEY, value="true")),
    case.fails(_item(key=KEY, value="FALSE")),
    case.fails(_item(key=KEY)),
    case.undecided(_item(key=KEY, value=case.UNKNOWN)),
    case.undecided(_item(key=case.UNKNOWN, value="TRUE")),
    case.not_applicable(_item(key="enable-oslogin", value="TRUE")),
    case.not_applicable(_item()),
]
