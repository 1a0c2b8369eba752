"""What a rule yields, and where in the program it is to be found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Where the program registered a resource: a file's path, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text of the program, and what to write in its place.

    Lines and columns are counted from 1, columns in characters; the end is behind the text.
    """

    file: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    inserted: str


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule yields: something wrong with one resource, at a path of its inputs.

    Attributes:
        position: where it is, if that is not where the program registers the resource.
    """

    urn: str
    message: str
    path: str = ""
    position: SourcePosition | None = None
