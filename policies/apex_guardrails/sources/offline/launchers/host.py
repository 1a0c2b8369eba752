"""Starts a program of any language by Pulumi's own language host, which comes with the Pulumi CLI.

For languages without a launcher of their own: the host is spoken to as the engine speaks to it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Command, Need
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.sources.offline.pulumi_home import newest_first, pulumi_home
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import line_of

RUNNER: Final = Path(__file__).with_name("host_runner.py")

LANGUAGES: Final = ("bun", "dotnet", "go", "java", "nodejs", "python", "yaml")
"""The runtimes whose hosts come with the Pulumi CLI (3.276), for what is misspelt."""

_COMES_WITH: Final = "it comes with the Pulumi CLI (https://www.pulumi.com/docs/install)"

_TOOLS: Final = re.compile(
    # Where the tools are that a host builds a program with, and what they keep; no credential.
    r"JAVA_HOME|M2_HOME|MAVEN_HOME|GRADLE_(HOME|USER_HOME)|DOTNET_(ROOT|CLI_HOME)|NUGET_PACKAGES"
    r"|PULUMI_HOME|GO(CACHE|MODCACHE|PATH|ROOT|TOOLCHAIN|FLAGS|PROXY)|XDG_CACHE_HOME"
)


def command(project: Project) -> Command:
    """The host, and what speaks to it.

    Raises:
        UsageError: there is no such host on this machine.
    """
    runtime = project.content.runtime
    host = _find(runtime.name)
    if host is None:
        line = line_of(project.node, ("runtime",))
        hint = "" if runtime.name in LANGUAGES else nearest(runtime.name, LANGUAGES)
        raise UsageError(
            f"{project.file}{f':{line}' if line else ''}: runtime: a {runtime.name} program is run "
            f"by {_name(runtime.name)}, which is neither on PATH nor beside a Pulumi CLI{hint}; "
            f"{_COMES_WITH}"
        )
    arguments = [sys.executable, "-P", str(RUNNER), str(host), json.dumps(runtime.options)]
    return Command(arguments, _tools(os.environ))


def needs(project: Project) -> list[Need]:
    """The host."""
    name = project.content.runtime.name
    host = _find(name)
    return [Need(_name(name), str(host) if host else None, _COMES_WITH)]


def _name(runtime: str) -> str:
    return f"pulumi-language-{runtime}"


def _find(runtime: str) -> Path | None:
    """Where a host is: on PATH, beside the CLI, or where Pulumi puts what it fetches by itself."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", runtime):
        return None
    name = _name(runtime)
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    home = pulumi_home(os.environ)
    cli = shutil.which("pulumi")
    folders = [
        *([Path(cli).resolve().parent] if cli else []),
        home / "bin",
        *newest_first(home, f"language-{runtime}"),
    ]
    found = (shutil.which(name, path=str(folder)) for folder in folders)
    return next((Path(path) for path in found if path), None)


def _tools(outer: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in outer.items() if _TOOLS.fullmatch(name)}
