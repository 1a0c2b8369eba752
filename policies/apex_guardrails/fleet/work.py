"""A run of a shard that goes on: its parts, and what is known of the states in them.

Parts lie below `_work` until all of a shard are there. Several runs of one shard may go on at the
same time, and even write into the same folder where one was resumed while it still lived: each
counts on nothing but the parts that it has read or written itself.
"""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow.parquet as pq

from apex_guardrails.fleet.parts import StateResult, states_in
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.results import Results
from apex_guardrails.fleet.tables import WORK, file_of

_ABOUT: Final = "run.json"
_STARTED: Final = "%Y%m%dT%H%M%SZ"

STALE: Final = timedelta(hours=12)
"""What was begun yesterday and longer ago is not gone on with: it would be another night's."""

ABANDONED: Final = timedelta(days=2)
"""No run takes so long: parts of one that began earlier are removed."""

TWICE: Final = "twice"
"""The kind of error of a state whose stack has another one."""


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
        part: where their rows are, by address.
        newer: the state that counts instead, by the address of one that is there twice.
    """

    results: Results
    folder: str
    run: str
    day: date
    started: datetime
    resumed: int = 0
    done: dict[str, StateResult] = field(default_factory=dict)
    part: dict[str, str] = field(default_factory=dict)
    newer: dict[str, str] = field(default_factory=dict)
    _next: int = 0
    _token: str = field(default_factory=lambda: secrets.token_hex(4))

    @classmethod
    def begun(cls, results: Results, plan: Plan, digest: str) -> Work:
        """A run that begins."""
        started = datetime.now(UTC)
        run = f"{started:{_STARTED}}-{secrets.token_hex(4)}"
        work = cls(results, f"{_folder(plan.day, plan)}/{run}", run, plan.day, started)
        work.note(digest)
        return work

    def add(self, data: bytes, states: Iterable[StateResult]) -> None:
        """Keeps a part.

        Raises:
            UnwritableError: it cannot be written.
        """
        path = f"{self.folder}/part-{self._next:06}-{self._token}.zip"
        self.results.put(path, data)
        self.learn(path, states)

    def parts(self) -> list[str]:
        """Where the rows are that count, in the order in which they were written."""
        return sorted(set(self.part.values()))

    def count_once(self) -> None:
        """Of several states of one stack the one counts that was written last."""
        newest: dict[tuple[str, str, str], StateResult] = {}
        judged = [it for it in self.done.values() if not it.kind]
        for it in sorted(judged, key=lambda it: (it.modified, it.address), reverse=True):
            other = newest.setdefault(it.stack, it)
            if other is not it:
                self.newer[it.address] = other.address
                self.done[it.address] = replace(it, kind=TWICE, exit_code=2)

    def is_outdated(self, plan: Plan) -> bool:
        """Whether the tables of the shard are of a run that began later."""
        committed = _committed(self.results, self.day, plan)
        return committed is not None and committed > self.started

    def end(self, plan: Plan) -> None:
        """Removes its parts, and those of runs that nobody will go on with."""
        shard = _folder(self.day, plan).rpartition("/")[2]
        old = [
            path
            for path in self.results.list(WORK)
            if (parts := path.split("/"))[2] == shard and _is_abandoned(parts[3])
        ]
        self.results.delete([*self.results.list(self.folder), *old])

    def learn(self, path: str, states: Iterable[StateResult]) -> None:
        """Remembers what is in a part: what is judged again counts as it is in the later one."""
        self._next = int(path.rpartition("/")[2].split("-")[1]) + 1
        for state in states:
            self.done[state.address] = state
            self.part[state.address] = path

    def note(self, digest: str) -> None:
        """Remembers what it is, for whoever goes on with it."""
        about = {
            "run": self.run,
            "started": self.started.isoformat(),
            "resumed": self.resumed,
            "digest": digest,
        }
        self.results.put(f"{self.folder}/{_ABOUT}", json.dumps(about).encode())


class OtherwiseError(Exception):
    """The run that was stopped was asked for otherwise: its rows would not fit."""


def resumed(
    results: Results, plan: Plan, digest: str, listed: Collection[str], *, is_day_given: bool
) -> Work | None:
    """The newest run of the shard that was stopped; `None` where there is none.

    What could not be judged in it is judged again; what is no longer there does not count.

    Args:
        results: where it is.
        plan: what is asked for now.
        digest: of what rows depend on.
        listed: the addresses of the states that are there now.
        is_day_given: whether a run of yesterday is none.

    Raises:
        OtherwiseError: it was asked for otherwise.
    """
    days = [plan.day] if is_day_given else [plan.day, plan.day - timedelta(days=1)]
    for day in days:
        about = _newest(results, plan, day)
        if about is None:
            continue
        started = datetime.fromisoformat(about["started"])
        if day != plan.day and datetime.now(UTC) - started > STALE:
            continue
        if about["digest"] != digest:
            raise OtherwiseError
        run = about["run"]
        folder = f"{_folder(day, plan)}/{run}"
        work = Work(results, folder, run, day, started, about["resumed"] + 1)
        for path in results.list(folder):
            data = results.get(path) if path.endswith(".zip") else None
            if data is not None:
                work.learn(path, states_in(data))
        for state in list(work.done.values()):
            if state.kind or state.address not in listed:
                del work.done[state.address], work.part[state.address]
        work.note(digest)
        return work
    return None


def _newest(results: Results, plan: Plan, day: date) -> dict[str, Any] | None:
    """What is noted of the newest run that was stopped; `None` where there is none."""
    notes = [it for it in results.list(_folder(day, plan)) if it.endswith(f"/{_ABOUT}")]
    # It may end just now, and remove what was listed.
    note = results.get(notes[-1]) if notes else None
    if note is None:
        return None
    about: dict[str, Any] = json.loads(note)
    committed = _committed(results, day, plan)
    is_older = committed is not None and committed > datetime.fromisoformat(about["started"])
    return None if is_older else about


def _committed(results: Results, day: date, plan: Plan) -> datetime | None:
    """When the run began whose tables are in place; `None` where none are."""
    row = results.get(file_of("runs", day, plan.shard, plan.shards))
    if row is None:
        return None
    started: datetime = pq.read_table(io.BytesIO(row))["started"][0].as_py()
    return started


def _folder(day: date, plan: Plan) -> str:
    """Where the runs of a shard are that go on or were stopped."""
    return f"{WORK}/day={day.isoformat()}/{plan.shard:05}-of-{plan.shards:05}"


def _is_abandoned(run: str) -> bool:
    try:
        started = datetime.strptime(run.partition("-")[0], _STARTED).replace(tzinfo=UTC)
    except ValueError:
        return False
    return datetime.now(UTC) - started > ABANDONED
