"""Moves what was judged into place: the parts of a shard as one file of each table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from apex_guardrails.fleet.parts import unpacked, without
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.results import Work, work_folder
from apex_guardrails.fleet.rule_rows import RuleRow
from apex_guardrails.fleet.stopped import StoppedError, UnwritableError
from apex_guardrails.fleet.tables import OF_STACKS, RULES, TABLES, file_of, folder_of

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
        StoppedError: parts are gone.
    """
    results, day = work.results, plan.day
    with tempfile.TemporaryDirectory(prefix="apex-fleet-") as folder:
        try:
            files, own, found = _merged(work, Path(folder))
        except OSError as error:
            raise UnwritableError(
                f"{folder}: cannot be written: {error.strerror or error}; tables are made there "
                "before they are moved into place, and $TMPDIR may name another folder"
            ) from None
        if not found >= work.done.keys():
            raise StoppedError(
                f"{results.shown}: another run of the same shard has ended meanwhile, and removed "
                "what this one had judged; its tables are in place"
            )
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
    old = [it for it in results.list(work_folder(day, plan)) if it.split("/")[3] <= work.run]
    results.delete(old)


def _merged(work: Work, folder: Path) -> tuple[dict[str, Path], list[RuleRow], set[str]]:
    """The parts as a file of each table, the rules of teams' own in them, and what was judged."""
    files = {name: folder / f"{name}.parquet" for name in OF_STACKS}
    held: dict[str, list[pa.Table]] = {name: [] for name in OF_STACKS}
    own: dict[str, RuleRow] = {}
    seen: set[str] = set()
    with ExitStack() as opened:
        writers = {
            name: opened.enter_context(_writer(files[name], schema))
            for name, schema in OF_STACKS.items()
        }
        for path in work.parts():
            part = unpacked(work.results.get(path) or b"")
            own |= {row[0]: row for row in part.own_rules}
            twice = {state.address for state in part.states} & seen
            seen |= {state.address for state in part.states}
            tables = without(part.tables, twice) if twice else part.tables
            for name, table in tables.items():
                held[name].append(table)
                if sum(map(len, held[name])) >= _ROWS_AT_ONCE:
                    writers[name].write_table(pa.concat_tables(held[name]))
                    held[name] = []
        for name, rest in held.items():
            if rest:
                writers[name].write_table(pa.concat_tables(rest))
    return files, list(own.values()), seen


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
