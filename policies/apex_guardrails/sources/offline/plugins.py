"""Finds the plugin of a package on this machine, as the engine looks for it.

Source: `GetPluginPath` of Pulumi's `workspace` package, `RunPlugin` of its language hosts (3.259).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from apex_guardrails.sources.offline.launchers.python_environments import environment_of
from apex_guardrails.sources.offline.project import Project, ProjectFile
from apex_guardrails.sources.offline.pulumi_home import newest_first
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import parse, read_yaml

_BINARY: Final = "pulumi-resource-"
_OF_SOURCE: Final = "PulumiPlugin.yaml"


def find_plugin(
    name: str, version: str, project: Project, variables: Mapping[str, str], home: Path
) -> list[str] | None:
    """The command that starts a package's plugin; `None` where it is not on this machine.

    Args:
        name: the package's.
        version: of the plugin; "" for any.
        project: the program's, whose `Pulumi.yaml` may name a folder for the package.
        variables: the program's environment.
        home: the folder where Pulumi keeps plugins.
    """
    for folder in _named(project, name):
        command = _in(folder, name)
        if command is not None:
            return command
    found = shutil.which(f"{_BINARY}{name}", path=variables.get("PATH", ""))
    if found is not None:
        return [found]
    for folder in newest_first(home, f"resource-{name}"):
        if version in {"", folder.name.removeprefix(f"resource-{name}-v")}:
            command = _in(folder, name)
            if command is not None:
                return command
    return None


def _named(project: Project, name: str) -> Iterator[Path]:
    """The folders in which `Pulumi.yaml` says that a package is."""
    package = project.content.packages.get(name)
    source: Any = package.get("source") if isinstance(package, dict) else package
    providers = project.content.plugins.get("providers") or []
    paths = [item.get("path") for item in providers if item.get("name") == name]
    for path in (source, *paths):
        if isinstance(path, str) and (project.root / path).is_dir():
            yield project.root / path


def _in(folder: Path, name: str) -> list[str] | None:
    """How the plugin in a folder is started: a program, or source in a language known here."""
    binary = folder / f"{_BINARY}{name}{'.exe' if os.name == 'nt' else ''}"
    if os.access(binary, os.X_OK) and binary.is_file():
        return [str(binary)]
    file = folder / _OF_SOURCE
    if not file.is_file():
        return None
    try:
        content, node = read_yaml(file)
        about = {"name": name, **(content if isinstance(content, dict) else {})}
        plugin = Project(folder.resolve(), file, parse(file, ProjectFile, about, node), node)
        runtime = plugin.content.runtime.name
        if runtime == "python" and (folder / "__main__.py").is_file():
            python = environment_of(plugin).python
            return [str(python), "-u", str(plugin.root)] if python else None
    except UsageError:
        return None
    run = plugin.root / "node_modules/@pulumi/pulumi/cmd/run-plugin"
    node_binary = shutil.which("node")
    if runtime == "nodejs" and node_binary and run.is_dir():
        return [node_binary, str(run), str(plugin.root)]
    return None
