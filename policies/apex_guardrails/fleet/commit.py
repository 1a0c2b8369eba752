"""Moves what was judged into place: the parts of a shard as one file of each table.

Each table is written to a file on this machine and put in its place whole. The row of the run is
written last: without it, a shard is not complete.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from apex_guardrails.fleet.parts import Part, unpacked
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.results import Results
from apex_guardrails.fleet.rule_rows import RuleRow
from apex_guardrails.fleet.stopped import StoppedError, UnwritableError
from apex_guardrails.fleet.tables import (
    OF_STACKS,
    RULES,
    STACK_COLUMNS,
    TABLES,
    file_of,
    folder_of,
    table_of,
)
from apex_guardrails.fleet.work import TWICE, Work

_ROWS_AT_ONCE: Final = 50_000
"""Of a table, in a row group: enough that equal texts are found, and few enough to be held."""

_NO_DICTIONARY: Final = frozenset({"fingerprint"})
"""Columns of which no two values are alike."""


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
        UnwritableError: it cannot be written; the parts are still there.
        StoppedError: another run of the same shard has ended meanwhile.
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
        if work.is_outdated(plan):
            raise _overtaken(results)
        for name, file in files.items():
            results.put(file_of(name, day, plan.shard, plan.shards), file)
    _put_once(results, "rules", day, _written(RULES, [(day, *row) for row in rules]))
    _put_once(results, "frameworks", day, _written(TABLES["frameworks"], frameworks))
    ours = file_of("rules", day, plan.shard, plan.shards, prefix="own-")
    if own:
        results.put(ours, _written(RULES, [(day, *row) for row in own]))
    else:
        results.delete([ours])
    row = tuple(run[name] for name in TABLES["runs"].names)
    results.put(file_of("runs", day, plan.shard, plan.shards), _written(TABLES["runs"], [row]))
    work.end(plan)


def _put_once(results: Results, table: str, day: date, data: bytes) -> None:
    """Writes what is the same in each shard, unless another one has.

    A bucket takes one write of an object a second or so, and may keep each.
    """
    path = f"{folder_of(table, day)}/pack.parquet"
    if results.get(path) != data:
        results.put(path, data)


def _overtaken(results: Results) -> StoppedError:
    return StoppedError(
        f"{results.shown}: another run of the same shard has ended meanwhile; its tables stay"
    )


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
            data = work.results.get(path)
            if data is None:
                raise _overtaken(work.results)
            part = unpacked(data)
            own |= {row[0]: row for row in part.own_rules}
            for name, table in _counted(work, path, part):
                held[name].append(table)
                if sum(map(len, held[name])) >= _ROWS_AT_ONCE:
                    writers[name].write_table(pa.concat_tables(held[name]))
                    held[name] = []
        for name, rest in held.items():
            if rest:
                writers[name].write_table(pa.concat_tables(rest))
    return files, list(own.values())


def _counted(work: Work, path: str, part: Part) -> Iterator[tuple[str, pa.Table]]:
    """The rows of a part that count."""
    ours = {state.address for state in part.states if work.part.get(state.address) == path}
    yield from part.of(ours - work.newer.keys()).items()
    twice = ours & work.newer.keys()
    if twice:
        rows = [_twice(row, work.newer) for row in part.of(twice)["stacks"].to_pylist()]
        yield "errors", table_of(OF_STACKS["errors"], rows)


def _twice(row: Mapping[str, Any], newer: Mapping[str, str]) -> tuple[Any, ...]:
    """The error of a state, by its row in the table of stacks."""
    source = row["source"]
    message = (
        f"{source}: is of the same stack as {newer[source]}, which was written later and counts"
    )
    return (*(row[name] for name in STACK_COLUMNS), source, TWICE, message, "", 1)


def _writer(where: Any, schema: pa.Schema) -> pq.ParquetWriter:
    names = [name for name in schema.names if name not in _NO_DICTIONARY]
    return pq.ParquetWriter(
        where, schema, compression="zstd", compression_level=9, use_dictionary=names
    )


def _written(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> bytes:
    sink = pa.BufferOutputStream()
    with _writer(sink, schema) as writer:
        writer.write_table(table_of(schema, rows))
    return bytes(sink.getvalue())
