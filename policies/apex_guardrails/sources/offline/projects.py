"""Finds the projects below a folder, and their stacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.project import (
    DEFAULT_STACK,
    OTHERS_FOLDERS,
    PROJECT_FILES,
    load_project,
)
from apex_guardrails.support.errors import UsageError

_NOT_OURS: Final = OTHERS_FOLDERS | {"__pycache__", "venv"}
"""Folders with what others wrote; those whose name begins with a period are none, either."""


@dataclass(frozen=True, slots=True)
class Target:
    """A program and the stack that it is run for.

    Attributes:
        folder: with the `Pulumi.yaml`.
        project: the project's name; "" where its file does not say it.
        stack: the stack's name.
    """

    folder: Path
    project: str
    stack: str


def targets(root: Path, stack: str | None = None) -> list[Target]:
    """The programs below a folder, each for every stack that has a file, in the order of folders.

    Args:
        root: the folder.
        stack: the only stack, of the projects that have it.

    Raises:
        UsageError: there is no such folder, or no program in it.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    found = [target for folder in _projects(root) for target in _targets_in(folder, stack)]
    if not found:
        about = f" with the stack {stack}" if stack else ""
        raise UsageError(f"{root}: there is no Pulumi.yaml{about} in it or below")
    return found


def projects_below(root: Path) -> Iterator[tuple[str, Path]]:
    """The names of the projects below a folder, with their folders; "" for one without a name.

    Raises:
        UsageError: there is no such folder.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    for folder in _projects(root):
        try:
            yield load_project(folder).name, folder
        except UsageError:
            yield "", folder


def _projects(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _NOT_OURS
            and not name.startswith(".")
            and not (Path(place) / name / "pyvenv.cfg").exists()
        )
        if any(name in files for name in PROJECT_FILES):
            yield Path(place)


def _targets_in(folder: Path, stack: str | None) -> Iterator[Target]:
    try:
        project = load_project(folder)
    except UsageError:
        # What is wrong with it is said when it is run.
        yield Target(folder, "", stack or DEFAULT_STACK)
        return
    stacks = project.stacks()
    for name in stacks or [stack or DEFAULT_STACK]:
        if stack in (None, name):
            yield Target(folder, project.name, name)
