"""Finds the Python that runs a program, as Pulumi's own language host does.

Source: `sdk/python/toolchain` of pulumi/pulumi (CLI 3.259): `virtualenv`, `toolchain`, and without
either the lock file that lies in the program's folder or above it. An environment that is active
counts besides, where the interpreter on PATH is of none that has the SDK.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Installation, Need
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import line_of

_TOOLCHAINS: Final = ("pip", "poetry", "uv")
_BINARIES: Final = "Scripts" if os.name == "nt" else "bin"
_PYTHON: Final = "python.exe" if os.name == "nt" else "python"


@dataclass(frozen=True, slots=True)
class Environment:
    """The Python that runs a program, or that would.

    Attributes:
        where: what names it: a key of `Pulumi.yaml` with its line, or the file.
        name: what was looked for, for people.
        python: the interpreter; `None` where it is missing.
        folder: the environment's; `None` for an interpreter that is of none.
        installation: the commands that make it, and bring what the program requires.
        tools: what these commands need and this machine does not have.
    """

    where: str
    name: str
    python: Path | None
    folder: Path | None
    installation: Sequence[Installation]
    tools: Sequence[Need] = ()

    def needs(self) -> list[Need]:
        """What is missing, in the order in which it is brought; nothing where it is there."""
        if self.python is not None:
            return []
        return [*self.tools, Need(self.name, None, installation=self.installation)]


def environment_of(project: Project) -> Environment:
    """The environment of a project's program.

    Raises:
        UsageError: an option of `Pulumi.yaml` is not valid.
    """
    virtualenv = _option(project, "virtualenv")
    toolchain = _option(project, "toolchain")
    if toolchain not in {None, *_TOOLCHAINS}:
        raise UsageError(
            f"{_where(project, 'toolchain')}: expected {', '.join(_TOOLCHAINS)}, found {toolchain}"
        )
    folder = project.program_folder
    if toolchain == "uv" or (toolchain is None and upwards(folder, "uv.lock")):
        return _of_uv(project, virtualenv)
    if toolchain == "poetry" or (toolchain is None and upwards(folder, "poetry.lock")):
        return _of_poetry(project)
    return _named(project, virtualenv) if virtualenv else _ambient(project)


def upwards(folder: Path, name: str) -> Path | None:
    """The nearest folder, this one or one above it, that has a file."""
    return next((place for place in (folder, *folder.parents) if (place / name).exists()), None)


def requirements(project: Project) -> Path | None:
    """The program's `requirements.txt`."""
    places = (project.program_folder, project.root)
    files = (place / "requirements.txt" for place in places)
    return next((file for file in files if file.is_file()), None)


def _option(project: Project, name: str) -> str | None:
    value = project.content.runtime.options.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise UsageError(f"{_where(project, name)}: expected text")


def _where(project: Project, option: str) -> str:
    """An option of `Pulumi.yaml` with its line."""
    line = line_of(project.node, ("runtime", "options", option))
    return f"{project.file}{f':{line}' if line else ''}: runtime.options.{option}"


def _in(folder: Path) -> Path | None:
    """The interpreter of an environment."""
    python = folder / _BINARIES / _PYTHON
    return python if python.is_file() else None


def _named(project: Project, virtualenv: str) -> Environment:
    folder = project.root / virtualenv
    python = str(folder / _BINARIES / _PYTHON)
    return Environment(
        _where(project, "virtualenv"),
        f"the virtual environment {folder}",
        _in(folder),
        folder,
        [
            Installation([_on_path() or "python3", "-m", "venv", str(folder)], project.root),
            pip_install(project, python),
        ],
    )


def pip_install(project: Project, python: str) -> Installation:
    """The command that brings what a program requires into an environment."""
    file = requirements(project)
    what = ["-r", str(file)] if file else ["pulumi", "pulumi-gcp"]
    return Installation([python, "-m", "pip", "install", *what], project.root)


def _on_path() -> str | None:
    chosen = os.environ.get("PULUMI_PYTHON_CMD")
    names = (chosen,) if chosen else ("python3", "python")
    return next((found for name in names if (found := shutil.which(name))), None)


def _ambient(project: Project) -> Environment:
    """The interpreter on PATH; an active environment's, where that alone has the SDK."""
    pythons = list(_candidates())
    python = next(filter(_has_sdk, pythons), pythons[0] if pythons else None)
    folder = python.parent.parent if python else None
    is_environment = folder is not None and (folder / "pyvenv.cfg").exists()
    return Environment(
        str(project.file),
        "Python on PATH (python3)",
        python,
        folder if is_environment else None,
        [],
        [] if python else [Need("Python", None, "install Python 3.11 or later")],
    )


def _candidates() -> Iterator[Path]:
    on_path = _on_path()
    if on_path:
        yield Path(on_path)
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        active = os.environ.get(variable)
        python = _in(Path(active)) if active else None
        if python:
            yield python


def _has_sdk(python: Path) -> bool:
    return any(python.parent.parent.glob("lib/python*/site-packages/pulumi"))


def _of_uv(project: Project, virtualenv: str | None) -> Environment:
    program = project.program_folder
    home = upwards(program, "uv.lock") or upwards(program, "pyproject.toml")
    beside = home or program
    if virtualenv:
        folder = project.root / virtualenv
    else:
        folder = beside / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")
    here = Path(sys.executable).with_name("uv")
    uv = shutil.which("uv") or (str(here) if here.is_file() else None)
    command = uv or "uv"
    if home:
        is_usual = folder == home / ".venv"
        named = [] if is_usual else ["env", f"UV_PROJECT_ENVIRONMENT={folder}"]
        installation = [Installation([*named, command, "sync"], program)]
    else:
        file = requirements(project)
        what = ["-r", str(file)] if file else ["pulumi", "pulumi-gcp"]
        python = ["--python", str(folder)]
        installation = [
            Installation([command, "venv", str(folder)], program),
            Installation([command, "pip", "install", *python, *what], program),
        ]
    because = beside / "uv.lock" if (beside / "uv.lock").exists() else None
    return Environment(
        str(because or _where(project, "virtualenv" if virtualenv else "toolchain")),
        f"uv's environment {folder}",
        _in(folder),
        folder,
        installation,
        [] if uv else [Need("uv", None, "pip install uv")],
    )


def _of_poetry(project: Project) -> Environment:
    program = project.program_folder
    lock = upwards(program, "poetry.lock")
    home = lock or upwards(program, "pyproject.toml") or program
    poetry = shutil.which("poetry")
    # Without Poetry nobody knows where it keeps environments, except beside the project.
    python = _asked(poetry, program) if poetry else _in(home / ".venv")
    return Environment(
        str(lock / "poetry.lock") if lock else _where(project, "toolchain"),
        f"Poetry's environment of {home}",
        python,
        python.parent.parent if python else None,
        [Installation([poetry or "poetry", "install"], program)],
        [] if poetry else [Need("Poetry", None, "pipx install poetry")],
    )


def _asked(poetry: str, folder: Path) -> Path | None:
    """The interpreter that Poetry has for a folder; `None` where it has none."""
    for option in ("--executable", "--path"):
        done = subprocess.run(
            [poetry, "env", "info", option],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        path = Path(done.stdout.strip() or os.devnull)
        python = _in(path) if path.is_dir() else path
        if done.returncode == 0 and python and python.is_file():
            return python
    return None
