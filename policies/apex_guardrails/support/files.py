"""Writes files so that nothing already there is lost when writing fails.

What is there and no plain file is never replaced: devices and pipes are written through, as the
shell does with `>`; links, folders, sockets and disks are refused.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from apex_guardrails.support.errors import UsageError

_OWN_STREAM: Final = re.compile(r"/dev/(?:std(out|err)|fd/(\d+))|/proc/self/fd/(\d+)")
"""The names of what this process has open; a shell gives such a one for `>(command)`."""

_WRITTEN_THROUGH: Final = (stat.S_ISCHR, stat.S_ISFIFO)

_REFUSED: Final = (
    (stat.S_ISLNK, "a link, which is neither replaced nor followed; name its target"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a disk"),
)


def working_directory() -> Path | None:
    """Where this process works; `None` where that folder has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def write_text(path: Path, text: str, *, replace: bool = True) -> None:
    """Writes a file to the side and then moves it into place; makes the folders it needs.

    Raises:
        UsageError: it cannot be written, or is there already and `replace` is false.
    """
    if not replace and os.path.lexists(path):
        raise UsageError(f"{path}: already exists, and was left as it is")
    write_texts({path: text})


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Writes a file of any size to the side, piece by piece, and then moves it into place.

    Raises:
        UsageError: it cannot be written.
    """
    _write({path: pieces})


def write_texts(texts: Mapping[Path, str]) -> None:
    """Writes files that belong together: no file is moved into place before all are written.

    Raises:
        UsageError: one cannot be written.
    """
    _write({path: (text,) for path, text in texts.items()})


def _write(texts: Mapping[Path, Iterable[str]]) -> None:
    aside: dict[Path, Path] = {}
    path = Path()
    try:
        through = {path for path in texts if _is_written_through(path)}
        for path, pieces in texts.items():
            if path not in through:
                aside[path] = _aside(path, pieces)
        for path in through:
            _write_through(path, texts[path])
        for path, written in aside.items():
            written.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {_why_not(path, error)}") from None
    finally:
        for written in aside.values():
            with suppress(OSError):
                written.unlink()


def _why_not(path: Path, error: OSError) -> str | None:
    """Why a file cannot be written: what the system says, or what stands where a folder should."""
    taken = [each for each in path.parents if os.path.lexists(each) and not each.is_dir()]
    return f"{taken[0]} is not a folder" if taken else error.strerror


def _is_written_through(path: Path) -> bool:
    """Whether what is at a path takes a text as it is.

    Raises:
        UsageError: something is there that is not written.
    """
    if _OWN_STREAM.fullmatch(str(path)):
        return True
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be written: {_reason(error)}") from None
    for is_such, what in _REFUSED:
        if is_such(mode):
            raise UsageError(f"{path}: cannot be written: it is {what}")
    return any(is_such(mode) for is_such in _WRITTEN_THROUGH)


def _aside(path: Path, pieces: Iterable[str]) -> Path:
    """A file with a text, in the folder of another, with the permissions that it has or gets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".apex-")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(map(_bytes, pieces))
        written.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
    except BaseException:
        written.unlink()
        raise
    return written


def _write_through(path: Path, pieces: Iterable[str]) -> None:
    own = _OWN_STREAM.fullmatch(str(path))
    if own is None:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOCTTY", 0))
    else:
        # What was printed before stands before it, and what is printed after it, after.
        sys.stdout.flush()
        named, *numbers = own.groups()
        handle = os.dup({"out": 1, "err": 2}.get(named) or int(next(filter(None, numbers))))
    # Whoever reads a pipe may leave early.
    with suppress(BrokenPipeError), os.fdopen(handle, "wb") as file:
        file.writelines(map(_bytes, pieces))


def _bytes(text: str) -> bytes:
    # A name that is not UTF-8 comes from the system with surrogates in it.
    return text.encode(errors="backslashreplace")


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
