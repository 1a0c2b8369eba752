"""What a run was asked for: all that a worker must know, and nothing that only the driver needs."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from apex_guardrails.fleet.owners import Owners
from apex_guardrails.model import Rule
from apex_guardrails.pack.about import pack_info, rules_digest
from apex_guardrails.settings import PolicyPackSettings, load, locate
from apex_guardrails.settings.locate import SETTINGS_FILE
from apex_guardrails.sources.offline.projects import projects_below

WhichSettings: TypeAlias = Literal["project", "fleet", "default"]
"""Whose settings counted: the project's own, the fleet's, or the pack's defaults."""


@dataclass(frozen=True)
class Plan:
    """How stacks are judged.

    Attributes:
        day: of the run.
        shard: counted from 0.
        shards: how many there are.
        settings: the fleet's file; `None` for the pack's defaults.
        checkouts: the folder with the projects whose own settings count.
        owners: how it is found out whose a stack is.
        memory: megabytes that judging a stack may take.
        sources: where the states are.
    """

    day: date
    shard: int = 0
    shards: int = 1
    settings: Path | None = None
    checkouts: Path | None = None
    owners: Owners = field(default_factory=Owners)
    memory: int = 2048
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The settings that count for a project.

    Attributes:
        which: whose they are.
        settings: what they say.
        folder: of the project; `None` where there is no checkout of it.
    """

    which: WhichSettings
    settings: PolicyPackSettings
    folder: Path | None = None


class SettingsOfMany:
    """One settings file for the fleet, and each project's own where there is a checkout of it."""

    def __init__(self, plan: Plan, rules: tuple[Rule, ...]) -> None:
        """Reads the fleet's file.

        Raises:
            UsageError: it is not there, or not valid.
        """
        self._plan = plan
        self._rules = rules
        self._loaded: dict[Path | None, PolicyPackSettings] = {}
        path = locate(None, os.environ, plan.settings)
        self.fleet = Chosen("default" if path is None else "fleet", self._load(path))

    @cached_property
    def folders(self) -> dict[str, Path]:
        """The folder of each project of which there is a checkout, by the project's name."""
        root = self._plan.checkouts
        if root is None:
            return {}
        return {name: folder for name, folder in projects_below(root) if name}

    def of(self, project: str) -> Chosen:
        """The settings that count for a project.

        Raises:
            UsageError: its own are not valid.
        """
        folder = self.folders.get(project)
        own = folder / SETTINGS_FILE if folder else None
        if own is None or not own.exists():
            return Chosen(self.fleet.which, self.fleet.settings, folder)
        return Chosen("project", self._load(own), folder)

    def digest(self) -> str:
        """What rows depend on: a run goes on only where it is the same."""
        plan, settings = self._plan, self.fleet.settings
        said = hashlib.sha256()
        for text in (
            *(pack_info()["version"], str(plan.shards), str(plan.memory)),
            *(repr(plan.owners), repr(plan.sources), str(plan.checkouts)),
            *(settings.digest, rules_digest(settings.known_rules)),
        ):
            said.update(f"{text}\0".encode())
        for project, folder in sorted(self.folders.items()):
            # Most are of other shards, and so they are not read as settings.
            own = folder / SETTINGS_FILE
            said.update(f"{project}\0{folder}\0".encode())
            said.update(own.read_bytes() if own.is_file() else b"")
        return said.hexdigest()

    def _load(self, path: Path | None) -> PolicyPackSettings:
        if path not in self._loaded:
            self._loaded[path] = load(path, self._rules, self._plan.day)
        return self._loaded[path]
