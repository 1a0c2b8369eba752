"""The folder or bucket with the tables: what is begun there, goes on, and is moved into place.

Parts lie below `_work` until all of a shard are there; then each table is written to a file on this
machine and put in its place whole. The row of the run is written last: without it, a shard is not
complete.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
from obstore.exceptions import BaseError

from apex_guardrails.fleet.parts import StateResult, states_in, unpacked
from apex_guardrails.fleet.places import PATIENCE, located
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.rule_rows import RuleRow
from apex_guardrails.fleet.states import reason
from apex_guardrails.fleet.stopped import UnwritableError
from apex_guardrails.fleet.tables import (
    OF_STACKS,
    RULES,
    TABLES,
    VERSION,
    VERSION_FILE,
    file_of,
    folder_of,
)
from apex_guardrails.support.errors import UsageError

_WORK: Final = "_work"
_ABOUT: Final = "run.json"
_ROWS_AT_ONCE: Final = 100_000
"""Of a table, in a row group: enough that equal texts are found, and few enough to be held."""

STALE: Final = timedelta(hours=12)
"""What was begun yesterday and longer ago is not gone on with: it would be another night's."""

_NO_DICTIONARY: Final = frozenset({"fingerprint"})
"""Columns of which no two values are alike."""


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

    @classmethod
    def begun(cls, results: Results, plan: Plan) -> Work:
        """A run that begins."""
        started = datetime.now(UTC)
        run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        folder = f"{_folder(plan.day, plan)}/{run}"
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
            abouts = [it for it in results.list(_folder(day, plan)) if it.endswith(_ABOUT)]
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
                work._next = int(path.rpartition("-")[2].partition(".")[0]) + 1
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
        self.results.put(f"{self.folder}/part-{self._next:06}.zip", data)
        self._next += 1
        self.done |= {state.address: state for state in states}

    def parts(self) -> list[str]:
        """Where its parts are."""
        return [it for it in self.results.list(self.folder) if it.endswith(".zip")]


def _folder(day: date, plan: Plan) -> str:
    return f"{_WORK}/day={day.isoformat()}/{plan.shard:05}-of-{plan.shards:05}"


def commit(
    work: Work,
    plan: Plan,
    run: Mapping[str, Any],
    rules: Sequence[RuleRow],
    frameworks: Sequence[tuple[Any, ...]],
) -> None:
    """Moves what was judged into place, the row of the run last.

    Args:
        work: the run.
        plan: what was asked for.
        run: its row, by column.
        rules: those of the pack.
        frameworks: their controls.

    Raises:
        UsageError: it cannot be written; the parts are still there.
    """
    results, day = work.results, plan.day
    with tempfile.TemporaryDirectory(prefix="apex-fleet-") as folder:
        try:
            files, own = _merged(work, Path(folder))
        except OSError as error:
            raise UnwritableError(
                f"{folder}: cannot be written: {error.strerror or error}; tables are made there "
                "before they are moved into place, and $TMPDIR may name another folder"
            ) from None
        for name, file in files.items():
            results.put(file_of(name, day, plan.shard, plan.shards), file)
    of_pack = f"{folder_of('rules', day)}/pack.parquet"
    results.put(of_pack, _written(RULES, [(day, *row) for row in rules]))
    if own:
        ours = file_of("rules", day, plan.shard, plan.shards).replace("/0", "/own-0", 1)
        results.put(ours, _written(RULES, [(day, *row) for row in own]))
    of_frameworks = f"{folder_of('frameworks', day)}/pack.parquet"
    results.put(of_frameworks, _written(TABLES["frameworks"], frameworks))
    row = tuple(run[name] for name in TABLES["runs"].names)
    results.put(file_of("runs", day, plan.shard, plan.shards), _written(TABLES["runs"], [row]))
    old = [it for it in results.list(_folder(day, plan)) if it.split("/")[3] <= work.run]
    results.delete(old)


def _merged(work: Work, folder: Path) -> tuple[dict[str, Path], list[RuleRow]]:
    """The parts as a file of each table, and the rules of teams' own in them."""
    files = {name: folder / f"{name}.parquet" for name in OF_STACKS}
    held: dict[str, list[pa.Table]] = {name: [] for name in OF_STACKS}
    own: dict[str, RuleRow] = {}
    with ExitStack() as opened:
        writers = {
            name: opened.enter_context(_writer(files[name], schema))
            for name, schema in OF_STACKS.items()
        }
        for path in work.parts():
            part = unpacked(work.results.get(path) or b"")
            own |= {row[0]: row for row in part.own_rules}
            for name, table in part.tables.items():
                held[name].append(table)
                if sum(map(len, held[name])) >= _ROWS_AT_ONCE:
                    writers[name].write_table(pa.concat_tables(held[name]))
                    held[name] = []
        for name, tables in held.items():
            if tables:
                writers[name].write_table(pa.concat_tables(tables))
    return files, list(own.values())


def _writer(where: Any, schema: pa.Schema) -> pq.ParquetWriter:
    names = [name for name in schema.names if name not in _NO_DICTIONARY]
    return pq.ParquetWriter(
        where, schema, compression="zstd", compression_level=9, use_dictionary=names
    )


def _written(schema: pa.Schema, rows: Iterable[tuple[Any, ...]]) -> bytes:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, it.type) for column, it in zip(columns, schema, strict=True)]
    sink = pa.BufferOutputStream()
    with _writer(sink, schema) as writer:
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return bytes(sink.getvalue())
