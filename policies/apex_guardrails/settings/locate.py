"""Finds the settings file that applies to a program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apex_guardrails.support.errors import UsageError

SETTINGS_FILE: Final = "policy-pack.yaml"
SETTINGS_VARIABLE: Final = "APEX_SETTINGS"


def locate(
    project: Path | None, environment: Mapping[str, str], given: Path | None = None
) -> Path | None:
    """The settings file: as given, as the environment says, or beside the judged `Pulumi.yaml`.

    `None` means the pack's defaults. This repository's own file never applies elsewhere.

    Raises:
        UsageError: a file that was asked for does not exist.
    """
    asked = given or (
        Path(environment[SETTINGS_VARIABLE]) if environment.get(SETTINGS_VARIABLE) else None
    )
    if asked is not None:
        if not asked.is_file():
            source = "--settings" if given else SETTINGS_VARIABLE
            what = "is no file" if asked.exists() else "the settings file does not exist"
            raise UsageError(f"{asked}: {what} ({source})")
        return asked
    if project is None:
        return None
    beside = project / SETTINGS_FILE
    return beside if beside.exists() else None
