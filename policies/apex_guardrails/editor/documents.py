"""Files as the editor has them: their text, and the URI that it gave them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pygls import uris

_ENDS: Final = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


class Documents:
    """The open documents by the files that they are, whichever way a URI is written.

    Clients quote other characters than we would, and open files through links.
    """

    def __init__(self, text_of: Callable[[str], str]) -> None:
        """Nothing is open yet.

        Args:
            text_of: what the editor holds under a URI that is open.
        """
        self._text_of = text_of
        self._open: dict[str, Path] = {}
        self._named: dict[Path, Path] = {}

    def opened(self, uri: str) -> Path:
        """Takes in that a document was opened; its file."""
        self._open[uri] = file_of(uri)
        return self._open[uri]

    def closed(self, uri: str) -> Path:
        """Takes in that a document was closed; its file."""
        return self._open.pop(uri, None) or file_of(uri)

    def named(self, folder: Path, name: Path) -> None:
        """Takes in how the editor calls a folder."""
        self._named[folder] = name

    def files(self) -> frozenset[Path]:
        """The files that are open."""
        return frozenset(self._open.values())

    def uris(self, path: Path) -> list[str]:
        """The URIs that a file is open under; else the one that the editor would give it."""
        path = path.resolve()
        found = [uri for uri, file in self._open.items() if file == path]
        return found or [uris.from_fs_path(str(self._as_named(path))) or ""]

    def uri(self, path: Path) -> str:
        """The URI of the document that `text` is of."""
        return self.uris(path)[-1]

    def text(self, path: Path) -> str | None:
        """What is in a file as the editor has it; `None` where there is none."""
        uri = self.uri(path)
        return self._text_of(uri) if uri in self._open else on_disk(path)

    def lines(self, path: Path) -> list[str]:
        """The lines of a file as the editor has it."""
        return lines_of(self.text(path) or "")

    def _as_named(self, path: Path) -> Path:
        for folder, name in self._named.items():
            if path.is_relative_to(folder):
                return name / path.relative_to(folder)
        return path


def path_of(uri: str) -> Path:
    """The path that a URI names, as it names it."""
    return Path(uris.to_fs_path(uri) or os.devnull)


def file_of(uri: str) -> Path:
    """The file that a URI is of, without links."""
    return path_of(uri).resolve()


def on_disk(path: Path) -> str | None:
    """What is in a file, with its own ends of lines; `None` where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, as the protocol counts them."""
    return _ENDS.split(text)
