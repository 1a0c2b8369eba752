"""Writes files so that nothing already there is lost when writing fails."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
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
    write_texts({path: text})


def write_texts(texts: Mapping[Path, str]) -> None:
    """Writes files that belong together: no file is moved into place before all are written.

    Raises:
        UsageError: one cannot be written.
    """
    aside: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            aside[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            aside[path].chmod(0o666 & ~_umask())
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        for path, written in aside.items():
            written.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        for written in aside.values():
            with suppress(OSError):
                written.unlink()


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
