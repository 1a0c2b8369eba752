"""Writes files so that nothing already there is lost when writing fails."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from policies.errors import UsageError


def write_text(path: Path, text: str, *, replace: bool = True) -> None:
    """Writes a file to the side and then moves it into place; makes the folders it needs.

    Raises:
        UsageError: it cannot be written, or is there already and `replace` is false.
    """
    if not replace and path.exists():
        raise UsageError(f"{path}: is there already, and was left as it is")
    aside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(aside).chmod(0o666 & ~umask)
        Path(aside).replace(path)
    except OSError as error:
        if aside is not None:
            with suppress(OSError):
                Path(aside).unlink()
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
