"""The files that decide what a preview says, and which of them have changed.

They are looked at now and then: that needs no service of the system, and so holds in a container
and on a network drive, too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.project import OTHERS_FOLDERS, load_project
from apex_guardrails.support.errors import UsageError

_SOURCES: Final = frozenset(
    {
        *(".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx"),
        *(".cs", ".csproj", ".fs", ".fsproj", ".vb", ".vbproj"),
        *(".go", ".java", ".kt", ".mod", ".py", ".scala", ".sum"),
        *(".toml", ".yaml", ".yml"),
    }
)
"""What people write and programs do not: a change of it counts at once."""

_LEFT_OUT: Final = OTHERS_FOLDERS | {
    *("__pycache__", "bin", "bower_components", "build", "coverage", "dist"),
    *("obj", "out", "target", "venv"),
}
"""Folders of what is installed or built, beside those whose name begins with a full stop."""

_OTHERS_ENDINGS: Final = ("~", ".bak", ".log", ".pyc", ".swp", ".tmp")

_PAUSE_SECONDS: Final = 0.2
_SETTLED_SECONDS: Final = 0.05
"""An editor may take a file away, and write it anew: it is done once nothing changes so long."""

_SHARE: Final = 20
"""In a large folder, the pause is so many times what a look takes."""

Stamp = tuple[int, int, int]


class WatchedFiles:
    """The files of a program, of its settings, and what else it reads in its folder.

    Args:
        program: the folder with the `Pulumi.yaml`.
        files: what counts besides, wherever it is.
        written: what we write: files and folders.
    """

    def __init__(
        self, program: Path, files: Iterable[Path] = (), written: Iterable[Path] = ()
    ) -> None:
        self._program = program
        self._folders = [program.resolve()]
        self._files = {file.absolute() for file in files}
        self._not_ours = {path.resolve() for path in written}
        self._by_program: set[Path] = set()
        self._pause = _PAUSE_SECONDS
        self._seen = self._look()

    def add(
        self,
        files: Iterable[Path] = (),
        written: Iterable[Path] = (),
        folders: Iterable[Path] = (),
    ) -> None:
        """Takes in what a run has shown: what it reads elsewhere, and where reports go."""
        try:
            project = load_project(self._program)
        except UsageError:
            pass
        else:
            others = {project.program_folder.resolve(), project.stack_folder.resolve()}
            before = self._folders
            self._folders = [project.root, *(others - {project.root})]
            for folder in dict.fromkeys((*before, *(path.resolve() for path in folders))):
                if not any(folder.is_relative_to(known) for known in self._folders):
                    self._folders.append(folder)
                    # One that was watched before may have been changed during the run.
                    if folder not in before:
                        self._seen.update(self._walk(folder))
        self._leave_out(path.resolve() for path in written)
        known = self._files | self._seen.keys()
        new = {file.absolute() for file in files} - known
        self._files |= new
        self._seen.update(self._stamps(new))

    def is_outdated(self) -> bool:
        """Whether a source or a setting has changed since the last run began."""
        return any(map(self._is_source, self._changes(self._look())))

    def after_run(self) -> None:
        """Takes what changes in each of two runs, and nobody writes by hand, for the program's."""
        during = {path for path in self._changes(self._look()) if not self._is_source(path)}
        self._leave_out(during & self._by_program)
        self._by_program = during

    def wait(self) -> list[Path]:
        """What has changed since the last run began, once something has, and is whole."""
        while not self._changes(self._look()):
            time.sleep(self._pause)
        while True:
            before = self._look()
            time.sleep(_SETTLED_SECONDS)
            if self._look() == before:
                break
        changed = self._changes(before)
        self._seen = before
        return changed

    def _leave_out(self, paths: Iterable[Path]) -> None:
        self._not_ours.update(paths)
        self._seen = {
            path: stamp
            for path, stamp in self._seen.items()
            if self._not_ours.isdisjoint((path, *path.parents))
        }

    def _changes(self, now: dict[Path, Stamp]) -> list[Path]:
        either = now.keys() | self._seen.keys()
        return sorted(path for path in either if now.get(path) != self._seen.get(path))

    def _is_source(self, path: Path) -> bool:
        return path.suffix in _SOURCES or path in self._files

    def _look(self) -> dict[Path, Stamp]:
        start = time.perf_counter()
        found = dict(self._stamps(self._files))
        for folder in self._folders:
            found.update(self._walk(folder))
        self._pause = max(_PAUSE_SECONDS, _SHARE * (time.perf_counter() - start))
        return found

    def _walk(self, folder: Path) -> Iterator[tuple[Path, Stamp]]:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            return
        for entry in entries:
            path = Path(entry.path)
            if path in self._not_ours or (entry.name.startswith(".") and entry.name != ".env"):
                continue
            try:
                # A link to a folder may lead anywhere, in a circle, too.
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _LEFT_OUT:
                        yield from self._walk(path)
                elif not entry.name.endswith(_OTHERS_ENDINGS):
                    yield path, _stamp(entry.stat())
            except OSError:
                continue

    @staticmethod
    def _stamps(files: Iterable[Path]) -> Iterator[tuple[Path, Stamp]]:
        for file in files:
            try:
                yield file, _stamp(file.stat())
            except OSError:
                continue


def _stamp(about: os.stat_result) -> Stamp:
    return about.st_mtime_ns, about.st_size, about.st_ino
