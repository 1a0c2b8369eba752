"""What a machine has, and what a program needs to be run offline."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import load, locate
from apex_guardrails.sources.offline.languages import launcher_of
from apex_guardrails.sources.offline.launchers.protocol import Installation, Need
from apex_guardrails.sources.offline.project import PROJECT_FILES, Project, load_project
from apex_guardrails.sources.offline.projects import targets
from apex_guardrails.support.errors import ApexError, UsageError

_TOOLS: Final = {
    "Python": ("python3", "--version"),
    "uv": ("uv", "--version"),
    "Poetry": ("poetry", "--version"),
    "Node.js": ("node", "--version"),
    "npm": ("npm", "--version"),
    "Go": ("go", "version"),
    "Java": ("java", "-version"),
    ".NET": ("dotnet", "--version"),
    "Pulumi CLI": ("pulumi", "version"),
}
"""What programs are run or installed with: the name on PATH, and how it tells its version."""

_OFFLINE: Final = {
    "DOTNET_CLI_TELEMETRY_OPTOUT": "true",
    "GOTOOLCHAIN": "local",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
}
"""Keeps those that would from looking for a newer version, or telling who asks."""

_HOST: Final = "pulumi-language-"
_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the machine; `found` is its version and place, `None` where it is missing."""

    name: str
    found: str | None


def machine() -> list[Tool]:
    """The tools that programs in any language may need, and the language hosts on PATH."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda tool: _version(*tool), _TOOLS.values())
        tools = [Tool(name, text) for name, text in zip(_TOOLS, found, strict=True)]
    return [*tools, *(Tool(f"host of {name}", str(path)) for name, path in sorted(_hosts()))]


def programs(folder: Path) -> list[Project]:
    """The program in a folder, else all below it.

    Raises:
        UsageError: there is none, or its `Pulumi.yaml` is not valid.
    """
    if not folder.is_dir() or any((folder / name).exists() for name in PROJECT_FILES):
        return [load_project(folder)]
    return [load_project(place) for place in dict.fromkeys(one.folder for one in targets(folder))]


def needs_of(project: Project) -> Sequence[Need]:
    """What a program needs, found or missing."""
    return launcher_of(project).needs(project)


def settings_problem(project: Project) -> str:
    """What is wrong with the settings that the program would be judged by, its rules included."""
    try:
        today = datetime.now(UTC).date()
        load(locate(project.root, os.environ), known_rules(), today).done()
    except ApexError as error:
        return str(error)
    return ""


def install(project: Project) -> None:
    """Runs the commands that bring what a program lacks; what they print goes to standard error.

    Raises:
        UsageError: one fails, or something is missing that no command brings.
    """
    done: set[str] = set()
    for need in needs_of(project):
        if need.found is None and not need.installation:
            raise UsageError(f"{need.name} is missing: {need.remedy()}")
        if need.found is None:
            for step in need.installation:
                if str(step) not in done:
                    done.add(str(step))
                    _run(step)


def _run(step: Installation) -> None:
    print(f"apex: {step}", file=sys.stderr, flush=True)  # noqa: T201 what is done, not what is found
    try:
        code = subprocess.run(step.arguments, cwd=step.folder, stdout=2, check=False).returncode
    except OSError as error:
        raise UsageError(f"{step}: cannot be started: {error.strerror}") from None
    if code:
        raise UsageError(f"{step}: exited with code {code}, so the program was not run")


def _version(name: str, option: str) -> str | None:
    # Beside the Python that runs this lies what was installed with it, uv among it.
    path = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, option],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, **_OFFLINE},
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"{path}, which cannot be run"
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    number = re.search(r"\d+\.\d+[\w.+-]*", said)
    return f"{number[0]}, {path}" if number else path


def _hosts() -> Iterator[tuple[str, Path]]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for path in Path(folder).glob(f"{_HOST}*"):
            if os.access(path, os.X_OK) and "." not in path.name:
                yield path.name.removeprefix(_HOST), path
