"""The scanning API is enabled where the stack stores images."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.types import ARTIFACTREGISTRY_REPOSITORY, PROJECTS_SERVICE
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    Stack,
    UndecidedError,
    Violation,
    case,
    rule,
)

API = "containerscanning.googleapis.com"


class Scanning(Parameters):
    """Whether something else sees to it."""

    enabled_elsewhere: Annotated[bool, Looser.MORE] = Field(
        False,  # noqa: FBT003 the field's default
        description="Whether something outside the stack enables containerscanning.googleapis.com.",
    )


@rule(
    severity="medium",
    on=(ARTIFACTREGISTRY_REPOSITORY, PROJECTS_SERVICE),
    scope="stack",
    controls=["checkov:CKV2_GCP_11"],
    fix='Create gcp.projects.Service(service="containerscanning.googleapis.com").',
    parameters=Scanning,
)
def artifactregistry_scanning_api_enabled(stack: Stack, settings: Scanning) -> Iterator[Violation]:
    """Repositories are set to scan by default, but nothing is scanned while the API is off."""
    if settings.enabled_elsewhere:
        return
    unknown: UndecidedError | None = None
    undecided: UndecidedError | None = None
    for service in stack.of_type(PROJECTS_SERVICE):
        try:
            if service.get("service") == API:
                return
        except UndecidedError as error:
            unknown = error
    for repository in stack.of_type(ARTIFACTREGISTRY_REPOSITORY):
        try:
            is_to_be_scanned = _is_to_be_scanned(repository)
        except UndecidedError as error:
            undecided = error
            continue
        if is_to_be_scanned:
            if unknown is not None:
                raise unknown  # it may be the one
            # One is enough: what is missing is missing once.
            yield repository.fail(f"is not scanned: the stack does not enable {API}")
            return
    if undecided is not None:
        raise undecided


def _is_to_be_scanned(repository: Resource) -> bool:
    """Whether it holds images itself, and does not say that they are not scanned."""
    if repository.get("format") != "DOCKER":
        return False
    # Omitted: one of its own images; the provider's default.
    if repository.get("mode") == "VIRTUAL_REPOSITORY":
        return False
    # Omitted: INHERITED, from the project (Artifact Registry API, 2026-11).
    scanning: object = repository.get("vulnerabilityScanningConfig.enablementConfig")
    return scanning != "DISABLED"


ENABLED = case.resource(PROJECTS_SERVICE, "scanning", service=API)
OTHER = case.resource(PROJECTS_SERVICE, "run", service="run.googleapis.com")
NOT_KNOWN = case.resource(PROJECTS_SERVICE, "unknown", service=UNKNOWN)
IMAGES = case.resource(ARTIFACTREGISTRY_REPOSITORY, format="DOCKER")


def _images(**scanning: object) -> case.CaseResource:
    return case.resource(
        ARTIFACTREGISTRY_REPOSITORY, format="DOCKER", vulnerabilityScanningConfig=scanning
    )


CASES = [
    case.passes(IMAGES, OTHER, ENABLED),
    case.passes(IMAGES, NOT_KNOWN, ENABLED),
    case.passes(IMAGES, _parameters={"enabled_elsewhere": True}),
    case.fails(IMAGES, OTHER),
    case.fails(IMAGES, case.resource(PROJECTS_SERVICE)),
    case.fails(IMAGES),
    case.undecided(IMAGES, NOT_KNOWN),
    case.passes(case.resource(ARTIFACTREGISTRY_REPOSITORY, format="PYTHON")),
    case.passes(case.resource(ARTIFACTREGISTRY_REPOSITORY, format="PYTHON"), NOT_KNOWN),
    case.passes(case.resource(ARTIFACTREGISTRY_REPOSITORY)),
    case.undecided(case.resource(ARTIFACTREGISTRY_REPOSITORY, format=UNKNOWN)),
    case.fails(case.resource(ARTIFACTREGISTRY_REPOSITORY, format=UNKNOWN), IMAGES),
    case.fails(
        case.resource(ARTIFACTREGISTRY_REPOSITORY, format="DOCKER", mode="REMOTE_REPOSITORY")
    ),
    case.passes(
        case.resource(ARTIFACTREGISTRY_REPOSITORY, format="DOCKER", mode="VIRTUAL_REPOSITORY")
    ),
    case.undecided(case.resource(ARTIFACTREGISTRY_REPOSITORY, format="DOCKER", mode=UNKNOWN)),
    case.fails(_images(enablementConfig="INHERITED")),
    case.fails(_images()),
    case.passes(_images(enablementConfig="DISABLED")),
    case.undecided(_images(enablementConfig=UNKNOWN)),
]
