"""The projects that a stack creates, and the settings that each should have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apex_guardrails.gcp.types import ORGANIZATIONS_FOLDER, ORGANIZATIONS_PROJECT
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.view import UndecidedError

_ABOVE = ("folders/", "organizations/")


def projects_without(
    stack: Stack, settings: Mapping[str, str | None], is_meant: Callable[[Resource], bool]
) -> Iterator[Resource]:
    """The stack's own projects that have none of some settings, nor their folder or organization.

    Args:
        stack: The stack.
        settings: The types of the setting, and the input that names what each is for; `None` where
            that is a folder or an organization, which are taken to be above the stack's projects.
        is_meant: Whether one is set as it should be.

    Raises:
        UndecidedError: a project has none, and one is not known that may be what it lacks.
    """
    meant: list[Resource] = []
    unknown: UndecidedError | None = None
    for setting in stack.of_type(*settings):
        try:
            if is_meant(setting):
                meant.append(setting)
        except UndecidedError as undecided:
            unknown = undecided
    for project in stack.of_type(ORGANIZATIONS_PROJECT):
        if not any(_is_for(setting, settings[setting.type.token], project) for setting in meant):
            if unknown is not None:
                raise unknown
            yield project


def _is_for(setting: Resource, path: str | None, project: Resource) -> bool:
    if path is None:
        return True
    for source in setting.sources(path):
        if source is project or source.type.token == ORGANIZATIONS_FOLDER:
            return True
    name = str(setting.peek(path))
    return name.startswith(_ABOVE) or name.removeprefix("projects/") == project.peek("projectId")
