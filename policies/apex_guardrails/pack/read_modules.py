"""Imports the modules of a folder from what was read of it: nothing that is written there later."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Final

PARENT: Final = "apex_own_rules"
"""The package that holds all such folders: none of their names hides an installed package."""

_IMPORTING: Final = threading.RLock()


class ReadModules(MetaPathFinder, ExecutionLoader):
    """The Python files of a folder as a package below `apex_own_rules`.

    Neither the folder nor what is around it comes on Python's path, and no bytecode is written.
    """

    def __init__(self, folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
        """Takes in the files.

        Args:
            folder: where they are.
            files: what is in each, by its path below the folder.
        """
        self.folder = folder
        self.package = _free_name(folder)
        self._files: dict[str, tuple[Path, bytes]] = {}
        packages = {PurePosixPath(), *(parent for file in files for parent in file.parents)}
        for path in packages:
            init = path / "__init__.py"
            self._files[self.name_of(path)] = folder / init, files.get(init, b"")
        self._packages = frozenset(self._files)
        for path, content in files.items():
            if path.name != "__init__.py":
                self._files[self.name_of(path)] = folder / path, content

    @property
    def contents(self) -> Mapping[str, bytes]:
        """What was read, by the names of the modules."""
        return {name: content for name, (_, content) in self._files.items()}

    def name_of(self, path: PurePosixPath) -> str:
        """What the module in a file, or the package in a folder, is called."""
        steps = path.with_suffix("") if path.suffix else path
        return ".".join((self.package, *steps.parts))

    def load(self, path: PurePosixPath) -> ModuleType:
        """The module in a file.

        What it prints goes to standard error: on standard output are reports.

        Raises:
            Exception: whatever it raises when it is imported.
        """
        from importlib import import_module

        with _IMPORTING, redirect_stdout(sys.stderr):
            self._install()
            return import_module(self.name_of(path))

    def _install(self) -> None:
        """Takes the place of what was read of the folder before."""
        if self in sys.meta_path:
            return
        parent = sys.modules.setdefault(PARENT, ModuleType(PARENT))
        parent.__path__ = []
        for name in list(sys.modules):
            if name == self.package or name.startswith(f"{self.package}."):
                del sys.modules[name]
        sys.meta_path[:] = [
            finder
            for finder in sys.meta_path
            if not (isinstance(finder, ReadModules) and finder.package == self.package)
        ]
        sys.meta_path.append(self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """The module of a name, if it is one of these."""
        spec = spec_from_loader(fullname, self) if fullname in self._files else None
        if spec is not None and spec.submodule_search_locations is not None:
            # Else Python would look there for itself.
            spec.submodule_search_locations = []
        return spec

    def is_package(self, fullname: str) -> bool:
        """Whether a name is a folder's."""
        return fullname in self._packages

    def get_filename(self, fullname: str) -> str:
        """Where a module's source is."""
        return str(self._files[fullname][0])

    def get_source(self, fullname: str) -> str:
        """The source as it was read."""
        return decode_source(self._files[fullname][1])


def _free_name(folder: Path) -> str:
    """A name that says which folder it is, and is no other folder's."""
    stem = f"{PARENT}.{folder.name.replace('.', '_')}"
    taken = {
        finder.package: finder.folder for finder in sys.meta_path if isinstance(finder, ReadModules)
    }
    name, number = stem, 1
    while taken.get(name, folder) != folder:
        number += 1
        name = f"{stem}-{number}"
    return name
