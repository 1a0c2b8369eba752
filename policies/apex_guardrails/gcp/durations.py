"""Durations as Google's APIs write them: `7776000s`."""

from __future__ import annotations

import re

from apex_guardrails.model.value import Value

_SECONDS = re.compile(r"\s*(\d+)(?:\.\d+)?s\s*")


def seconds(duration: Value) -> int | None:
    """How many whole seconds; `None` where it is no duration.

    Source: protocol buffers' JSON form, google.protobuf.Duration, 2026-11.
    """
    match = _SECONDS.fullmatch(str(duration))
    return int(match[1]) if match else None
