"""Which launcher starts a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.sources.offline.launchers import go, nodejs, python
from apex_guardrails.sources.offline.launchers.protocol import Launcher
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError

LAUNCHERS: Final[Mapping[str, Launcher]] = {"go": go, "nodejs": nodejs, "python": python}
"""By the name of the runtime in `Pulumi.yaml`."""


def launcher_of(project: Project) -> Launcher:
    """What starts a project's program.

    Raises:
        UsageError: its language is not one that can be run here.
    """
    runtime = project.content.runtime.name
    launcher = LAUNCHERS.get(runtime)
    if launcher is None:
        raise UsageError(
            f"{project.file}: runtime: a {runtime} program cannot be run offline "
            f"(known: {', '.join(LAUNCHERS)}); `pulumi preview --policy-pack` judges it"
        )
    return launcher
