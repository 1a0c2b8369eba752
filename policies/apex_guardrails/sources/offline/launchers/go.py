"""Starts a Go program as Pulumi's own language host does: builds its main package, and runs that.

The build is a step of its own (`Preparation`): the first one of a program takes minutes, which is
no fault of the program's, and it needs variables that are none of the program's business.
Source: `sdk/go/pulumi-language-go/main.go` (3.276).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Command, Need, Preparation
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.cache import cache_folder
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import line_of

BUILDER: Final = Path(__file__).with_name("go_builder.py")
RUNNER: Final = Path(__file__).with_name("go_runner.py")

_HOW_TO_GET: Final = "install Go (https://go.dev/dl) and put it on PATH"

_BUILD_SECONDS: Final = 1800
"""For a build. pulumi-gcp's packages alone take minutes on two cores."""

_FOR_BUILDING: Final = re.compile(
    # The toolchain's own, what it finds a C compiler with, and what it reaches modules by.
    r"GO[A-Z0-9]+|CGO_\w+|CC|CXX|AR|PKG_CONFIG\w*|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|NETRC"
    r"|GIT_\w+|SSH_AUTH_SOCK|XDG_(CACHE|CONFIG)_HOME"
)


def command(project: Project) -> Command:
    """The program's executable: the one that `Pulumi.yaml` names, or one that is built here.

    Raises:
        UsageError: Go is missing, the program's module, or the executable that `Pulumi.yaml` names.
    """
    folder = project.program_folder
    binary = project.content.runtime.options.get("binary")
    if binary is not None:
        return _running(_named(project, folder, str(binary)))
    go = shutil.which("go")
    if go is None:
        raise UsageError(
            f"{project.file}: the program is in Go, and there is no go on PATH: {_HOW_TO_GET}"
        )
    if _module(folder) is None:
        raise UsageError(
            f"{project.file}: the program is in Go, and there is no go.mod in {folder} or above: "
            f"{_how_to_get_module(folder)}"
        )
    # `buildTarget` would be written over; what is built is the same.
    target = _target(folder)
    return _running(
        target,
        Preparation(
            [sys.executable, "-I", str(BUILDER), go, str(target)],
            folder,
            _variables_for_building(os.environ),
            _BUILD_SECONDS,
            what=f"the Go program in {folder}",
            is_quick=target.exists(),
        ),
    )


def needs(project: Project) -> Sequence[Need]:
    """Go, unless the program is built already, and its module."""
    folder = project.program_folder
    binary = project.content.runtime.options.get("binary")
    if binary is not None:
        found = _find(project, folder, str(binary))
        return [
            Need(
                str(binary),
                str(found) if found else None,
                "build the program (runtime.options.binary)",
            )
        ]
    go = shutil.which("go")
    module = _module(folder)
    return [
        Need("Go", f"{go} ({_version(go)})" if go else None, _HOW_TO_GET),
        Need(
            "go.mod",
            str(module) if module else None,
            _how_to_get_module(folder),
        ),
    ]


def _running(binary: Path, preparation: Preparation | None = None) -> Command:
    return Command([sys.executable, "-I", str(RUNNER), str(binary)], preparation=preparation)


def _named(project: Project, folder: Path, binary: str) -> Path:
    found = _find(project, folder, binary)
    if found is None:
        line = line_of(project.node, ("runtime", "options", "binary"))
        raise UsageError(
            f"{project.file}{f':{line}' if line else ''}: runtime.options.binary: there is no "
            f"executable {binary} in {folder} or on PATH: build the program, or leave the option "
            "out to have it built"
        )
    return found


def _find(project: Project, folder: Path, binary: str) -> Path | None:
    near = [str(folder / binary), str(project.root / binary), binary]
    found = next((place for place in map(shutil.which, near) if place), None)
    return Path(found).absolute() if found else None


def _target(folder: Path) -> Path:
    """Where a program's executable is kept: Go sees by its build id whether it is current."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:20]
    return cache_folder("go") / name / "program"


def _variables_for_building(outer: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in outer.items() if _FOR_BUILDING.fullmatch(name)}


def _module(folder: Path) -> Path | None:
    """The `go.mod` that a folder's package belongs to."""
    files = (place / "go.mod" for place in (folder, *folder.parents))
    return next((file for file in files if file.is_file()), None)


def _how_to_get_module(folder: Path) -> str:
    return f"run `go mod init` and `go mod tidy` in {folder}"


def _version(go: str) -> str:
    """Such as "go1.26.8"; "" where it does not say."""
    try:
        said = subprocess.run(
            [go, "env", "GOVERSION"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip()
