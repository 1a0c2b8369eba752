"""Starts a Python program as Pulumi's own language host does."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from apex_guardrails.sources.offline.launchers.protocol import Command, Need
from apex_guardrails.sources.offline.launchers.python_environments import (
    Environment,
    environment_of,
    pip_install,
    requirements,
)
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError

RUNNER: Final = Path(__file__).with_name("python_runner.py")

_PROBE: Final = """
import importlib.metadata, json, sys
found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
print(json.dumps({"python": sys.version.split()[0], "packages": found}))
"""


def command(project: Project) -> Command:
    """The command that runs the program, in the program's own environment.

    Raises:
        UsageError: the program or its environment does not exist, or an option is not valid.
    """
    if project.main.is_dir() and not (project.main / "__main__.py").exists():
        raise UsageError(
            f"{project.main / '__main__.py'}: does not exist, and Pulumi runs it; `main` in "
            f"{project.file} may name another folder or file"
        )
    environment = environment_of(project)
    if environment.python is None:
        raise UsageError(_missing(environment))
    # Unbuffered, as the language host has it; -I would hide the user's own PYTHON* settings.
    arguments = [str(environment.python), "-u", str(RUNNER)]
    folder = environment.folder
    if folder is None:
        return Command(arguments)
    path = os.pathsep.join((str(environment.python.parent), os.environ.get("PATH", os.defpath)))
    return Command(arguments, {"VIRTUAL_ENV": str(folder), "PATH": path})


def needs(project: Project) -> list[Need]:
    """Its environment, with the SDK and what it requires in it."""
    try:
        environment = environment_of(project)
    except UsageError as error:
        return [Need("a valid Pulumi.yaml", None, str(error))]
    python = environment.python
    if python is None:
        return environment.needs()
    probed = _probe(python)
    if not probed:
        return [Need("a Python that works", None, f"{python} cannot be run; make it again")]
    packages = {_normal(name): version for name, version in probed["packages"].items()}
    installation = environment.installation[-1:] or [pip_install(project, str(python))]
    sdk = packages.get("pulumi")
    missing = [name for name in _required(project) if name not in packages and name != "pulumi"]
    return [
        Need("Python", f"{probed['python']} in {python}"),
        Need("the Pulumi SDK", sdk and f"pulumi {sdk}", installation=installation),
        *(Need(f"the package {name}", None, installation=installation) for name in missing),
    ]


def _missing(environment: Environment) -> str:
    """What was looked for, and what makes it."""
    if not environment.installation:
        return f"{environment.where}: the program needs Python, but there is none on PATH"
    tools = "".join(f"get {tool.name} ({tool.remedy()}), then " for tool in environment.tools)
    commands = " && ".join(map(str, environment.installation))
    ours = "" if tools else " (`apex preview --install` does so)"
    return (
        f"{environment.where}: {environment.name} has no Python; create it: {tools}{commands}{ours}"
    )


def _probe(python: Path) -> Mapping[str, Any]:
    """What an interpreter says of itself; nothing where it cannot be run."""
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE],
            cwd=python.anchor,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return {}
    return said


def _required(project: Project) -> Iterator[str]:
    """The packages that `requirements.txt` names, for every platform."""
    file = requirements(project)
    for line in file.read_text("utf-8", "replace").splitlines() if file else ():
        name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:[\[=<>!~#]|$)", line)
        if name and ";" not in line:
            yield _normal(name[1])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
