"""The folder or bucket with the tables: what is begun there, goes on, and is moved into place.

Parts lie below `_work` until all of a shard are there; then each table is written to a file on this
machine and put in its place whole. The row of the run is written last: without it, a shard is not
complete.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError

from apex_guardrails.fleet.parts import StateResult, states_in
from apex_guardrails.fleet.places import PATIENCE, located
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.states import reason
from apex_guardrails.fleet.stopped import UnwritableError
from apex_guardrails.fleet.tables import (
    VERSION,
    VERSION_FILE,
    folder_of,
)
from apex_guardrails.support.errors import UsageError

_WORK: Final = "_work"
_ABOUT: Final = "run.json"
STALE: Final = timedelta(hours=12)
"""What was begun yesterday and longer ago is not gone on with: it would be another night's."""


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
        about = self.get(VERSION_FILE)
        if about is None:
            self.put(VERSION_FILE, json.dumps({"schema": VERSION}).encode() + b"\n")
        elif (found := _version_in(about)) != VERSION:
            raise UsageError(
                f"{self.shown}: has tables of schema version {found}, and this apex writes version "
                f"{VERSION}: name another folder for its results"
            )
        else:
            # Only what is written shows that it can be.
            self.put(VERSION_FILE, about)
        ending = f"-of-{shards:05}.parquet"
        for path in self.list(folder_of("runs", day)):
            if not path.endswith(ending):
                raise UsageError(
                    f"{self.shown}: the results of {day} are of another number of shards, and "
                    f"would be counted twice: remove {path}, or name another --date"
                )

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


def _version_in(about: bytes) -> object:
    try:
        return json.loads(about)["schema"]
    except (ValueError, KeyError, TypeError):
        return "unknown"


@dataclass
class Work:
    """A run that goes on: its parts, and what is known of them.

    Attributes:
        results: where it is.
        folder: of its parts.
        run: its id.
        day: of its rows.
        started: when it began.
        resumed: how often it went on after it had been stopped.
        done: what came of the states that were judged, by address.
    """

    results: Results
    folder: str
    run: str
    day: date
    started: datetime
    resumed: int
    done: dict[str, StateResult]
    _next: int = 0
    _token: str = field(default_factory=lambda: secrets.token_hex(4))

    @classmethod
    def begun(cls, results: Results, plan: Plan) -> Work:
        """A run that begins."""
        started = datetime.now(UTC)
        run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        folder = f"{work_folder(plan.day, plan)}/{run}"
        work = cls(results, folder, run, plan.day, started, 0, {})
        work.note(plan)
        return work

    @classmethod
    def found(cls, results: Results, plan: Plan, *, is_day_given: bool) -> Work | None:
        """The newest run of the shard that was stopped; `None` where there is none.

        Raises:
            UsageError: it was asked for otherwise, so that its rows would not fit.
        """
        days = [plan.day] if is_day_given else [plan.day, plan.day - timedelta(days=1)]
        for day in days:
            abouts = [it for it in results.list(work_folder(day, plan)) if it.endswith(_ABOUT)]
            if not abouts:
                continue
            about = json.loads(results.get(abouts[-1]) or b"{}")
            started = datetime.fromisoformat(about["started"])
            if day != plan.day and datetime.now(UTC) - started > STALE:
                continue
            if about["digest"] != plan.digest():
                raise UsageError(
                    f"{results.shown}: the run that was stopped was asked for with other settings "
                    "or by another version: run it again without --resume"
                )
            folder = abouts[-1].rpartition("/")[0]
            work = cls(results, folder, about["run"], day, started, about["resumed"] + 1, {})
            for path in work.parts():
                work.done |= {it.address: it for it in states_in(results.get(path) or b"")}
                work._next = int(path.rpartition("/")[2].split("-")[1]) + 1
            work.note(plan)
            return work
        return None

    def note(self, plan: Plan) -> None:
        """Remembers what it is, for whoever goes on with it."""
        about = {
            "run": self.run,
            "started": self.started.isoformat(),
            "resumed": self.resumed,
            "digest": plan.digest(),
        }
        self.results.put(f"{self.folder}/{_ABOUT}", json.dumps(about).encode())

    def add(self, data: bytes, states: Iterable[StateResult]) -> None:
        """Keeps a part.

        Raises:
            UsageError: it cannot be written.
        """
        self.results.put(f"{self.folder}/part-{self._next:06}-{self._token}.zip", data)
        self._next += 1
        self.done |= {state.address: state for state in states}

    def parts(self) -> list[str]:
        """Where its parts are."""
        return [it for it in self.results.list(self.folder) if it.endswith(".zip")]


def work_folder(day: date, plan: Plan) -> str:
    """Where the runs of a shard are that go on or were stopped."""
    return f"{_WORK}/day={day.isoformat()}/{plan.shard:05}-of-{plan.shards:05}"
