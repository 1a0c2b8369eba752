"""What a deployed API is asked, and by whom: docs/workloads.md has it as a table."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

TOKEN = "APEX_API_TOKEN"
"""The environment variable with the token. Everybody on a machine can read its command lines."""

DATABASES = ("neo4j", "postgres", "qdrant", "redis")
"""What a search is asked for by name."""

STARTED = ("running", "processing", "completed")
"""States of a document whose workflow has begun."""

PENDING = "pending"
"""State of a document whose workflow has not begun."""

SEARCHES = "apex_queries_total"
"""The counter of searches; its labels are the API's own matter."""

_HEADER = re.compile(r"[A-Za-z0-9-]+")
_LOCAL = ("localhost", "127.0.0.1", "::1")
DOCUMENT = "{document}"
"""What stands for a document's id in a path."""


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Where the API answers; `{document}` stands for a document's id."""

    health: str = "/health"
    ingest: str = "/api/v1/ingest"
    status: str = "/api/v1/document/{document}/status"
    delete: str = "/api/v1/document/{document}"
    search: str = "/api/v1/query/"
    metrics: str = "/metrics"

    @classmethod
    def parse(cls, changes: Iterable[str]) -> Paths:
        """Returns the paths with those that are given as `NAME=PATH` changed.

        Raises:
            ValueError: One has another form, an unknown name, or a path that cannot be asked for.
        """
        usual = dataclasses.asdict(cls())
        changed: dict[str, str] = {}
        for change in changes:
            name, equals, path = change.partition("=")
            if not equals or name not in usual:
                raise ValueError(f"{change!r}: expected NAME=PATH, with a NAME of {_or(usual)}")
            if not path.startswith("/") or not path.isascii() or not path.isprintable():
                raise ValueError(f"{change!r}: a path begins with / and is plain ASCII")
            if (DOCUMENT in path) is not (DOCUMENT in usual[name]):
                has = "has no" if DOCUMENT in path else "needs a"
                raise ValueError(f"{change!r}: the path of {name} {has} {DOCUMENT}")
            changed[name] = path
        return cls(**{**usual, **changed})

    def of(self, name: str, document: str = "") -> str:
        """Returns one path, for a document where it is about one."""
        path: str = getattr(self, name)
        return path.replace(DOCUMENT, quote(document, safe="", errors="replace"))


def _or(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}"


def parse_base_url(text: str) -> str:
    """Returns the address that paths are appended to, without a slash at its end.

    Raises:
        ValueError: It is none, or the token would travel in the clear. The text is not repeated
            where it may hold a password.
    """
    if not text:
        raise ValueError("no base URL is given; expected one such as https://api.example.com")
    try:
        url = urlsplit(text)
        host = url.hostname or ""
        _ = url.port  # raises where it is no number
    except ValueError:
        host, url = "", urlsplit("")
    if "@" in text:
        raise ValueError("the base URL holds a user or a password; the token alone is sent")
    if url.scheme not in {"http", "https"} or not host or not _plain(text):
        raise ValueError(f"{text!r} is no base URL; expected one such as https://api.example.com")
    if url.query or url.fragment or "?" in text or "#" in text:
        raise ValueError(f"{text!r}: a base URL has no ? and no #; paths are appended to it")
    if url.scheme == "http" and host not in _LOCAL:
        raise ValueError(f"{text!r}: over http the token could be read on its way; use https")
    return text.rstrip("/")


def parse_headers(given: Iterable[str]) -> dict[str, str]:
    """Returns the headers that are given as `NAME=VALUE`.

    Raises:
        ValueError: One has another form.
    """
    headers: dict[str, str] = {}
    for header in given:
        name, equals, value = header.partition("=")
        if name.strip().lower() == "authorization":
            raise ValueError(f"{name}: the token is in {TOKEN}, and not on the command line")
        if not equals or not _HEADER.fullmatch(name) or not _plain(value):
            raise ValueError(f"{name!r}: expected NAME=VALUE, such as X-Apex-Revision=candidate")
        headers[name] = value
    return headers


def parse_token(environment: Mapping[str, str]) -> str:
    """Returns the token of `APEX_API_TOKEN`.

    Raises:
        ValueError: It is not there, or a header cannot hold it. It is never shown.
    """
    token = environment.get(TOKEN, "").strip()
    if not token:
        raise ValueError(f"{TOKEN} is not set: export the token of a user of the API's")
    if not _plain(token):
        raise ValueError(f"{TOKEN} holds a space or a character that is not plain ASCII")
    return token


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
