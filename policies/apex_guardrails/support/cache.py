"""Where this tool keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path

from apex_guardrails.support.errors import UsageError


def cache_folder(name: str) -> Path:
    """A folder of its own for a purpose; it is there.

    Raises:
        UsageError: it cannot be made.
    """
    # Source: XDG Base Directory Specification 0.8, which ignores a relative path.
    outer = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        root = outer if outer.is_absolute() else Path.home() / ".cache"
        folder = root / "apex-guardrails" / name
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"there is no folder to keep what is built in ({error}): set XDG_CACHE_HOME to one "
            "that can be written"
        ) from None
    return folder
