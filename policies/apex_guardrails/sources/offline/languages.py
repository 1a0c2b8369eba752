"""Which launcher starts a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.sources.offline.launchers import go, host, nodejs, python
from apex_guardrails.sources.offline.launchers.protocol import Launcher
from apex_guardrails.sources.offline.project import Project

LAUNCHERS: Final[Mapping[str, Launcher]] = {"go": go, "nodejs": nodejs, "python": python}
"""By the name of the runtime in `Pulumi.yaml`."""


def launcher_of(project: Project) -> Launcher:
    """What starts a project's program: a launcher of ours, else the language's own host."""
    return LAUNCHERS.get(project.content.runtime.name, host)
