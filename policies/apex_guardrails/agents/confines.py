"""The folder that an agent's paths must stay in, with links followed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apex_guardrails.settings import BASELINE_FILE, SETTINGS_FILE
from apex_guardrails.settings.profiles import files_named
from apex_guardrails.sources.offline.project import PROJECT_FILES, Project, load_project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.text import one_line
from apex_guardrails.support.yaml_files import read_yaml

LARGEST_BASE: Final = 32 * 1024 * 1024
"""Bytes of a report that an agent may name."""

_LONGEST_SHOWN: Final = 200


@dataclass(frozen=True)
class Confines:
    """A root folder, resolved."""

    root: Path

    @classmethod
    def of(cls, root: Path) -> Confines:
        """The confines of a folder.

        Raises:
            UsageError: there is no such folder.
        """
        if not root.is_dir():
            raise UsageError(f"--root {root}: there is no such folder")
        return cls(root.resolve())

    def path(self, given: str) -> Path:
        """A path that an agent names, relative to the root.

        Raises:
            UsageError: it leads out of the root.
        """
        return self._inside(self.root / given if "\0" not in given else Path("/"), given)

    def project(self, given: str) -> Project:
        """The project in a folder that an agent names; all that is read or run of it is inside.

        Raises:
            UsageError: it leads out of the root, or is no project.
        """
        folder = self.path(given)
        if not folder.is_dir():
            raise UsageError(f"program {_shown(given)}: there is no such folder below the root")
        settings = folder / SETTINGS_FILE
        # Before one of them is read: a mistake in it would be quoted.
        for name in (*PROJECT_FILES, SETTINGS_FILE, BASELINE_FILE):
            self._inside(folder / name, name)
        if settings.is_file():
            self._profiles(settings, {settings})
        project = load_project(folder)
        stacks = [project.stack_file(stack) for stack in project.stacks()]
        for path in (project.main, project.stack_folder, *stacks):
            self._inside(path, str(path))
        return project

    def _profiles(self, file: Path, seen: set[Path]) -> None:
        """Holds the profiles that a file builds on to the root, and those that they build on."""
        content, _ = read_yaml(file)
        for name in files_named(content):
            profile = self._inside(file.parent / name, name)
            if profile.is_file() and profile not in seen:
                seen.add(profile)
                self._profiles(profile, seen)

    def report(self, given: str) -> Path:
        """A file with the JSON of a judgement or an estimate.

        Raises:
            UsageError: it leads out of the root, is no plain file, or is too large.
        """
        path = self.path(given)
        if not path.is_file():
            raise UsageError(f"base {_shown(given)}: there is no such file below the root")
        if path.stat().st_size > LARGEST_BASE:
            raise UsageError(f"base {_shown(given)}: is larger than {LARGEST_BASE:,} bytes")
        return path

    def _inside(self, path: Path, given: str) -> Path:
        try:
            found = path.resolve()
        except (OSError, RuntimeError):  # links in a circle, a name that is too long
            found = Path("/")
        if not found.is_relative_to(self.root) or found == Path("/"):
            raise UsageError(
                f"{_shown(given)}: leads out of the root folder {self.root}; name a path below it"
            )
        return found


def _shown(given: str) -> str:
    return one_line(given, _LONGEST_SHOWN)
