"""Standard output and standard error that take every text, whatever they are and whoever reads.

A character that a terminal's encoding does not have is shown by its number. A reader that leaves
early is no error: there is nobody to tell, and the exit code is still the verdict. An output that
is closed, or a disk that is full, is: the verdict is not where it was asked for.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from apex_guardrails.support.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_ASIDE: Final[ContextVar[bool]] = ContextVar("aside", default=False)


@contextmanager
def aside() -> Iterator[None]:
    """What is printed meanwhile, in this thread, goes to standard error: reports have the other."""
    token = _ASIDE.set(True)
    try:
        yield
    finally:
        _ASIDE.reset(token)


class _Output(io.TextIOWrapper):
    """Standard output, but for what is printed `aside`."""

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text) if _ASIDE.get() else super().write(text)


class _Descriptor(io.RawIOBase):
    """What writes to a file descriptor; `name` is what to call it where a text must not be lost."""

    def __init__(self, number: int, name: str | None) -> None:
        super().__init__()
        self._number = number
        self._name = name
        self._is_lost = False

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        with memoryview(data) as view:
            while not self._is_lost:
                try:
                    return os.write(self._number, view)
                except BlockingIOError:
                    # A shell's or a CI system's pipe that its reader has set so.
                    select.select([], [self._number], [])
                except OSError as error:
                    self._is_lost = True
                    if self._name is not None and error.errno != errno.EPIPE:
                        raise UsageError(f"{self._name}: {_reason(error)}") from None
            return view.nbytes


def _reason(error: OSError) -> str:
    return "is closed" if error.errno == errno.EBADF else f"cannot be written: {error.strerror}"


def taken_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for a protocol alone; what else is printed goes to standard error.

    Nothing is to be read from standard input afterwards.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def tell(text: str) -> None:
    """Tells who waits at a terminal what takes its time; no report and no log gets it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


@contextmanager
def usable_streams() -> Iterator[None]:
    """Both streams take every text meanwhile.

    What is written and cannot go to standard output raises a `UsageError`, once; what cannot go to
    standard error is lost.
    """
    before = sys.stdout, sys.stderr
    _reserve(1)
    _reserve(2)
    sys.stdout = _stream(before[0], _Descriptor(1, "standard output"), _Output)
    sys.stderr = _stream(before[1], _Descriptor(2, None))
    try:
        yield
    finally:
        with suppress(UsageError):
            sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _reserve(number: int) -> None:
    """Lets no file get the number of a stream that is closed, and with it what is said there."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)


def _stream(
    like: TextIO | None,
    descriptor: _Descriptor,
    kind: type[io.TextIOWrapper] = io.TextIOWrapper,
) -> TextIO:
    """A text stream in the encoding of another; Python has none where the stream is closed."""
    if like is not None:
        like.flush()
    return kind(
        io.BufferedWriter(descriptor),
        encoding=like.encoding if like else "utf-8",
        errors="backslashreplace",
        line_buffering=descriptor.isatty(),
    )
