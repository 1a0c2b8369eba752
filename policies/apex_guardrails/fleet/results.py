"""The folder or bucket with the tables: whatever is read, written and removed there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError

from apex_guardrails.fleet.places import PATIENCE, located
from apex_guardrails.fleet.states import reason
from apex_guardrails.fleet.stopped import UnwritableError
from apex_guardrails.fleet.tables import TABLES, VERSION, VERSION_FILE, folder_of
from apex_guardrails.support.errors import UsageError

UNKNOWN_VERSION: Final = "unknown"
"""Of a file that does not say it."""


class Results:
    """Where the tables are."""

    def __init__(self, destination: str, patience: float = PATIENCE) -> None:
        """Opens it.

        Raises:
            UsageError: it is no address.
        """
        self.place, self.path = located(destination, patience)
        self.shown = self.place.address(self.path)

    def begin(self, day: date, shards: int) -> None:
        """Makes sure that tables can be written there.

        Raises:
            UsageError: they cannot, or there are others that would not fit.
        """
        found = self.version()
        if found is None:
            self.put(VERSION_FILE, json.dumps({"schema": VERSION}).encode() + b"\n")
        elif found != VERSION:
            raise UsageError(
                f"{self.shown}: has tables of schema version {found}, and this apex writes version "
                f"{VERSION}: name another folder for its results"
            )
        ending = f"-of-{shards:05}.parquet"
        others = [
            folder
            for folder in (folder_of(name, day) for name in TABLES)
            if any("-of-" in it and not it.endswith(ending) for it in self.list(folder))
        ]
        if others:
            raise UsageError(
                f"{self.shown}: has results of {day} in another number of shards, and stacks would "
                f"be counted twice: name another --date, or remove {', '.join(others)}"
            )

    def version(self) -> object:
        """The schema's version of what is there; `None` where nothing is.

        Raises:
            UsageError: it cannot be read.
        """
        about = self.get(VERSION_FILE)
        if about is None:
            return None
        try:
            said = json.loads(about)["schema"]
        except (ValueError, KeyError, TypeError):
            said = None
        return UNKNOWN_VERSION if said is None else said

    def get(self, path: str) -> bytes | None:
        """What is at a path; `None` where nothing is.

        Raises:
            UsageError: it cannot be read.
        """
        try:
            return bytes(obstore.get(self.place.store(), self._full(path)).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise UsageError(
                f"{self.place.address(self._full(path))}: cannot be read: {reason(error)}"
            ) from None

    def put(self, path: str, data: bytes | Path) -> None:
        """Writes what is read whole or not at all.

        Raises:
            UnwritableError: it cannot be written.
        """
        try:
            obstore.put(self.place.store(), self._full(path), data)
        except (BaseError, OSError, ValueError) as error:
            raise UnwritableError(
                f"{self.place.address(self._full(path))}: cannot be written: {reason(error)}"
            ) from None

    def list(self, folder: str) -> list[str]:
        """The paths below a folder, sorted.

        Raises:
            UsageError: they cannot be listed.
        """
        head = f"{self.path}/" if self.path else ""
        found: list[str] = []
        try:
            for chunk in obstore.list(self.place.store(), self._full(folder)):
                found += [item["path"].removeprefix(head) for item in chunk]
        except FileNotFoundError:
            return []
        except (BaseError, OSError) as error:
            raise UsageError(
                f"{self.place.address(self._full(folder))}: cannot be listed: {reason(error)}"
            ) from None
        return sorted(found)

    def delete(self, paths: Sequence[str]) -> None:
        """Removes what nobody needs any more; what is left does no harm."""
        try:
            obstore.delete(self.place.store(), [self._full(path) for path in paths])
        except (BaseError, OSError):
            return

    def _full(self, path: str) -> str:
        return f"{self.path}/{path}".lstrip("/")
