"""Starts a Python program as Pulumi's own language host does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Command, Need
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import line_of

RUNNER: Final = Path(__file__).with_name("python_runner.py")


def command(project: Project) -> Command:
    """The command that runs the program, in the program's own environment.

    Raises:
        UsageError: the environment that `Pulumi.yaml` names does not exist, or no program does.
    """
    if project.main.is_dir() and not (project.main / "__main__.py").exists():
        raise UsageError(
            f"{project.main / '__main__.py'}: is the program, but does not exist; `main` in "
            f"{project.file} may name another folder or file"
        )
    # Unbuffered, as the language host has it; -I would hide the user's own PYTHON* settings.
    return Command([str(interpreter(project)), "-u", str(RUNNER)])


def needs(project: Project) -> list[Need]:
    """Its environment, with the SDK in it."""
    try:
        return [Need("Python", str(interpreter(project)))]
    except UsageError as error:
        return [Need("Python", None, str(error))]


def interpreter(project: Project) -> Path:
    """The Python of the program's virtual environment, or the one on PATH where it has none."""
    options = project.content.runtime.options
    name = options.get("virtualenv")
    if name is None and options.get("toolchain") in ("uv", "poetry"):
        name = ".venv"
    if name is None:
        found = shutil.which("python3") or shutil.which("python")
        if found is None:
            raise UsageError(f"{project.file}: the program needs Python, but there is none on PATH")
        return Path(found)
    folder = project.root / str(name)
    binary = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not binary.exists():
        line = line_of(project.node, ("runtime", "options", "virtualenv"))
        raise UsageError(
            f"{project.file}{f':{line}' if line else ''}: runtime.options.virtualenv: {folder} has "
            "no Python; create it and install the program's requirements"
        )
    return binary
