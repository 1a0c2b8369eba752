"""Starts a program in TypeScript or JavaScript as Pulumi's own language host does."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Command, Installation, Need
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError

RUNNER: Final = Path(__file__).with_name("node_runner.cjs")

SDK: Final = "@pulumi/pulumi"

OLDEST_SDK: Final = "3.0.0"
"""Tried with real installations: 3.0, 3.35, 3.51, 3.75, 3.117, 3.158, 3.248, 3.276."""

_LOCK_FILES: Final = {
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}

_ENTRY_POINTS: Final = ("package.json", "index.ts", "index.js", "index.mts", "index.mjs")


def command(project: Project) -> Command:
    """The command that runs the program, with the packages that it has.

    Raises:
        UsageError: Node.js, the program, or its packages are missing.
    """
    options = project.content.runtime.options
    folder = project.program_folder
    if project.main.is_dir() and not any((folder / name).exists() for name in _ENTRY_POINTS):
        raise UsageError(
            f"{folder / 'index.ts'}: is the program, but neither it nor index.js exists; `main` in "
            f"{project.file} or in package.json may name another file"
        )
    for need in needs(project):
        if need.found is None:
            raise UsageError(
                f"{project.file}: the program in {_language(project)} needs {need.name}, "
                f"which is missing: {need.remedy()}"
            )
    _check_version(project)
    node = shutil.which("node") or "node"
    try:
        arguments = shlex.split(str(options.get("nodeargs") or ""))
    except ValueError as error:
        raise UsageError(f"{project.file}: runtime.options.nodeargs: {error}") from None
    variables = {}
    if options.get("typescript", True):
        variables["PULUMI_NODEJS_TYPESCRIPT"] = "true"
    if options.get("tsconfig"):
        variables["PULUMI_NODEJS_TSCONFIG_PATH"] = str(options["tsconfig"])
    return Command([node, *arguments, str(RUNNER), str(project.main)], variables)


def _check_version(project: Project) -> None:
    folder = _folder_of_sdk(project)
    version = "" if folder is None else _version(folder)
    if version.partition(".")[0] in {"0", "1", "2"}:
        raise UsageError(
            f"{project.file}: the program has {SDK} {version}; programs run here with {OLDEST_SDK} "
            "and later"
        )


def needs(project: Project) -> list[Need]:
    """Node.js, and the program's packages with Pulumi's SDK among them."""
    return [
        Need("Node.js", shutil.which("node"), "install it, and have `node` on PATH"),
        Need(SDK, _sdk(project), installation=[_installation(project)]),
    ]


def _language(project: Project) -> str:
    folder = project.program_folder
    is_typescript = project.main.suffix in {".ts", ".mts", ".cts"} or any(
        (folder / name).exists() for name in ("tsconfig.json", "index.ts", "index.mts")
    )
    return "TypeScript" if is_typescript else "JavaScript"


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents


def _sdk(project: Project) -> str | None:
    """Where the SDK is, with its version; `None` where the program has none."""
    folder = _folder_of_sdk(project)
    return None if folder is None else f"{folder} {_version(folder)}".strip()


def _folder_of_sdk(project: Project) -> Path | None:
    """Its folder, or Plug'n'Play's own file, which has packages in archives."""
    for folder in _upwards(project.program_folder):
        for place in (folder / "node_modules" / SDK, folder / ".pnp.cjs"):
            if place.exists():
                return place
    return None


def _version(sdk: Path) -> str:
    """The version that a package says it has; "" where that cannot be read."""
    try:
        return str(json.loads((sdk / "package.json").read_bytes())["version"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _installation(project: Project) -> Installation:
    """The package manager's command that installs what the lock file says."""
    start = project.program_folder
    named = project.content.runtime.options.get("packagemanager")
    for folder in _upwards(start):
        for name, manager in _LOCK_FILES.items():
            if (folder / name).exists() and named in {None, manager}:
                return Installation(_install(manager, folder, is_locked=True), folder)
    manifest = next(
        (place for place in _upwards(start) if (place / "package.json").exists()), start
    )
    return Installation(_install(str(named or "npm"), manifest, is_locked=False), manifest)


def _install(manager: str, folder: Path, *, is_locked: bool) -> list[str]:
    if not is_locked:
        return [manager, "install"]
    if manager == "npm":
        return ["npm", "ci"]
    is_berry = manager == "yarn" and (folder / ".yarnrc.yml").exists()
    return [manager, "install", "--immutable" if is_berry else "--frozen-lockfile"]
