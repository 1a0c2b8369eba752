"""Reads what the options of `apex fleet` say."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from apex_guardrails.support.errors import UsageError

_SHARD: Final = re.compile(r"(\d+)/(\d+)")
TASK: Final = "CLOUD_RUN_TASK_INDEX"
TASKS: Final = "CLOUD_RUN_TASK_COUNT"
"""What a job of Cloud Run tells each of its tasks ("Container runtime contract", 2026-11)."""


def shard_of(given: str, environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """Which shard is judged, counted from 0, and how many there are.

    Raises:
        UsageError: it is none.
    """
    source = "--shard"
    if not given and TASK in environment and TASKS in environment:
        given = f"{environment[TASK]}/{environment[TASKS]}"
        source = f"{TASK}/{TASKS}"
    if not given:
        return 0, 1
    said = _SHARD.fullmatch(given)
    number, shards = (int(said[1]), int(said[2])) if said else (0, 0)
    if not said or number >= shards:
        raise UsageError(
            f"{source}: expected a shard counted from 0 and their number, such as 0/100, "
            f"not {given!r}"
        )
    return number, shards


def day_of(given: str) -> date:
    """The day that an option names.

    Raises:
        UsageError: it is none.
    """
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"--date: expected a day such as 2026-12-01, not {given!r}") from None
