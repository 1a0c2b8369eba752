"""Reads a verdict that a pull request's own run has made: data of an unknown author.

Nothing is unpacked onto the disk, and nothing is read past a limit, whatever the archive says of
its sizes.
"""

from __future__ import annotations

import io
import json
import re
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

MAX_ARCHIVE: Final = 1 << 20
"""Bytes that an artifact may have."""
MAX_CONTENT: Final = 1 << 20
"""Bytes that the file in it may have."""
NAME: Final = "verdict.json"
EXIT_CODES: Final = {
    # Whether it may be deployed is in the report: of what no rule is about, nothing is said.
    0: "nothing mandatory fails",
    1: "may not be deployed: a mandatory rule fails",
    2: "was not evaluated: wrong usage, or an invalid file",
    3: "the program failed",
    4: "the pack failed: nothing was decided",
    5: "is over its budget",
}


class ArtifactError(Exception):
    """An artifact is not what it should be; says how."""


@dataclass(frozen=True)
class Verdict:
    """What a run says of one stack."""

    stack: str
    exit_code: int
    report: str
    """Markdown by an unknown author."""


def read_verdict(archive: bytes, *, stack: str, commit: str) -> Verdict:
    """The verdict in an artifact's archive.

    Args:
        archive: the ZIP.
        stack: whose verdict it should be.
        commit: the commit that it should be about, as the event names it.

    Raises:
        ArtifactError: it is too large, or anything else than one such verdict.
    """
    content = _only_file(archive)
    try:
        data = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ArtifactError(f"{NAME} is not JSON in UTF-8") from None
    expected = {"version": int, "stack": str, "commit": str, "exit_code": int, "report": str}
    if not isinstance(data, dict) or set(data) != set(expected):
        raise ArtifactError(f"{NAME} has not the keys {', '.join(expected)}")
    for key, kind in expected.items():
        if type(data[key]) is not kind:
            raise ArtifactError(f"{NAME}: {key} is no {kind.__name__}")
    if data["version"] != 1:
        raise ArtifactError(f"{NAME}: version is not 1")
    if data["stack"] != stack:
        raise ArtifactError(f"{NAME} is about another stack than {stack}")
    if data["commit"] != commit:
        raise ArtifactError(f"{NAME} is about another commit than {commit}")
    if data["exit_code"] not in EXIT_CODES:
        raise ArtifactError(f"{NAME}: exit_code is not one of apex's")
    return Verdict(stack, data["exit_code"], data["report"])


def _only_file(archive: bytes) -> bytes:
    if len(archive) > MAX_ARCHIVE:
        raise ArtifactError(f"is larger than {MAX_ARCHIVE} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if [entry.filename for entry in entries] != [NAME]:
                raise ArtifactError(f"does not hold {NAME} and nothing else")
            mode = entries[0].external_attr >> 16
            if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
                raise ArtifactError(f"{NAME} is no regular file")
            if entries[0].compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ArtifactError(f"{NAME} is packed in a way that GitHub does not")
            with opened.open(entries[0]) as file:
                content = file.read(MAX_CONTENT + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        # RuntimeError: it asks for a password.
        raise ArtifactError("is no ZIP archive that can be read") from None
    if len(content) > MAX_CONTENT:
        raise ArtifactError(f"{NAME} is larger than {MAX_CONTENT} bytes")
    return content


_BREAK: Final = "\u200b"
_TAGS: Final = r"/?(?:details|summary|b|code|br ?/?)>"


def harmless(markdown: str, repository: str) -> str:
    """Markdown that looks the same, and mentions nobody, loads nothing and leads nowhere else.

    A zero-width space takes `@`, `#`, HTML and images their meaning, in code as well as
    in text. Links stay that lead into the repository or within the page.
    """
    text = "".join(
        char
        for char in markdown.replace("\t", "    ")
        # Control characters, and those that turn the direction of writing around.
        if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}
    )
    # Shown nowhere anyway; apex breaks links with empty ones.
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    home = re.escape(f"github.com/{repository}/")
    text = re.sub(rf"<(?!{_TAGS})", f"<{_BREAK}", text)
    text = re.sub(r"([@#!])(?=[\w\[])", rf"\1{_BREAK}", text)
    text = re.sub(rf"\](?=[:\[]|\((?!https://{home}|#))", f"]{_BREAK}", text)
    text = re.sub(rf"(?i)\b(https?|ftp)://(?!{home})", rf"\1:{_BREAK}//", text)
    return re.sub(r"(?i)\b(www)\.", rf"\1{_BREAK}.", text)
