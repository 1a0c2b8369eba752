"""Finds the folder of the project that the Pulumi engine is judging.

The engine tells a policy pack the project's name and not its folder. But the CLI that started the
pack works in that folder or below it, so the folder is found among the processes above this one,
and it counts only when its `Pulumi.yaml` bears the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import psutil

from apex_guardrails.sources.offline.project import PROJECT_FILES, load_project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_yaml


def judged_project(name: str, environment: Mapping[str, str]) -> Path | None:
    """The folder of the project with a name; `None` where it cannot be found."""
    found = (project_around(folder, name) for folder in _candidates(environment))
    return next((place for place in found if place is not None), None)


def project_around(folder: Path, name: str) -> Path | None:
    """The nearest folder, this one or one above it, with the project of a name."""
    for place in (folder, *folder.parents):
        for file in PROJECT_FILES:
            if _project_name(place / file) == name:
                return place
    return None


def stack_names(folder: Path | None) -> list[str]:
    """The stacks that have a file in a project's folder; none where it cannot be read."""
    try:
        return load_project(folder).stacks() if folder else []
    except UsageError:
        return []


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    for process in psutil.Process().parents():
        try:
            yield Path(process.cwd())
        except (psutil.Error, OSError):
            continue
    if environment.get("PWD"):
        yield Path(environment["PWD"])


def _project_name(file: Path) -> str | None:
    try:
        about = file.stat()
    except OSError:
        return None
    return _name_in(file, about.st_mtime_ns, about.st_size)


# Most of the processes above this one work in the same folder.
@lru_cache
def _name_in(file: Path, _changed: int, _size: int) -> str | None:
    try:
        content, _ = read_yaml(file)
    except UsageError:
        return None
    name = content.get("name") if isinstance(content, dict) else None
    return name if isinstance(name, str) else None
