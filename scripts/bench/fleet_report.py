"""A report of a large fleet, as a user starts it: how long it takes, and in how much memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from apex_guardrails.fleet.tables import STACK_COLUMNS, TABLES, VERSION, VERSION_FILE, folder_of
from scripts.bench.measurement import ROOT, Measurement

DAYS: Final = (date(2026, 11, 30), date(2026, 12, 1))
_SHARDS: Final = 4
_CONTROLS: Final = 250
_RUNS: Final = 3

_STACK: Final = {
    "date": "DATE '{day}'",
    "shard": "s % {shards}",
    "backend": "'gs://states'",
    "project": "'project-' || s // 3",
    "stack": "'stack-' || s % 3",
    "owner": "'team-' || s % 60",
}
"""Columns of a stack, by the number `s` of it."""

_ROWS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "stacks": (
        "range({stacks}) AS t(s)",
        {"resources": "200", "blocking": "100", "monthly": "s % 1000", "failed_critical": "75"},
    ),
    "findings": (
        "(SELECT i // {each} AS s, i % {each} AS n FROM range({stacks} * {each}) AS t(i))",
        {
            "rule": "'rule-' || n",
            "service": "['sql', 'storage', 'compute', 'iam', 'gke', 'kms', 'run'][1 + n % 7]",
            "severity": "['critical', 'high', 'medium', 'low'][1 + n % 4]",
            "level": "'mandatory'",
            "outcome": "CASE WHEN n % 9 = 0 THEN 'undecided' ELSE 'fails' END",
            "status": "CASE WHEN n % 11 = 0 THEN 'waived' ELSE 'open' END",
            "is_blocking": "n % 3 = 0 AND n % 11 > 0",
            "urn": "'urn:pulumi:stack-' || s % 3 || '::project-' || s // 3 || '::db-' || n",
            "type": "'gcp:sql/databaseInstance:DatabaseInstance'",
            "name": "'db-' || n",
            "message": "'has a public IPv4 address'",
            # A hundredth of them is another one each day.
            "fingerprint": "md5(s || '/' || n || CASE WHEN n % 100 = 0 THEN '{day}' ELSE '' END)",
        },
    ),
    "controls": (
        "(SELECT i // {most} AS s, i % {most} AS n FROM range({stacks} * {most}) AS t(i))",
        {
            "framework": "'framework-' || n // 50",
            "control": "n % 50",
            "result": "CASE WHEN (s + n) % 3 = 0 THEN 'fails' ELSE 'passes' END",
            "failing": "(s + n) % 3",
        },
    ),
    "costs": (
        "(SELECT i // 20 AS s, i % 20 AS n FROM range({stacks} * 20) AS t(i))",
        {
            "type": "'gcp:compute/disk:Disk'",
            "status": "CASE WHEN n = 0 THEN 'unpriced' ELSE 'priced' END",
        },
    ),
    "waivers": ("range({stacks}) AS t(s)", {"rule": "'rule-1'", "days_left": "s % 60"}),
    "runs": (
        "range({shards}) AS t(s)",
        {"date": "DATE '{day}'", "shard": "s", "shards": "{shards}"},
    ),
    "frameworks": (
        "range({most}) AS t(s)",
        {"date": "DATE '{day}'", "framework": "'framework-' || s // 50", "control": "s % 50"},
    ),
}
"""What of each table is not nothing; the other tables are empty."""


@cache
def results(stacks: int, each: int) -> Path:
    """Results of two runs with so many stacks, and findings of each."""
    folder = Path(tempfile.gettempdir()) / f"apex-bench-fleet-report-{stacks}-{each}"
    if not folder.exists():
        half_made = folder.with_suffix(".new")
        size = {"shards": _SHARDS, "stacks": stacks, "each": each, "most": _CONTROLS}
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            for day in DAYS:
                for table in TABLES:
                    file = half_made / folder_of(table, day) / "00000-of-00004.parquet"
                    file.parent.mkdir(parents=True)
                    query = _query(table).format(day=day, **size)
                    connection.execute(
                        f"COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"
                    )
        (half_made / VERSION_FILE).write_text(json.dumps({"schema": VERSION}), "utf-8")
        half_made.rename(folder)
    return folder


def _query(table: str) -> str:
    """The rows of a table, all in one file."""
    rows, given = _ROWS.get(table, ("range(0) AS t(s)", {}))
    schema = TABLES[table]
    known = {**(_STACK if set(STACK_COLUMNS) <= set(schema.names) else {}), **given}
    columns = ", ".join(
        f"CAST({known.get(item.name, _nothing(item.type))} AS {_kind(item.type)}) AS {item.name}"
        for item in schema
    )
    return f"SELECT {columns} FROM {rows}"  # noqa: S608 our own words


def _kind(kind: pa.DataType) -> str:
    """DuckDB's name of a type."""
    names = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN"}
    if pa.types.is_decimal(kind):
        return "DECIMAL(18, 6)"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    return names.get(str(kind)) or ("DOUBLE" if pa.types.is_floating(kind) else "DATE")


def _nothing(kind: pa.DataType) -> str:
    if pa.types.is_string(kind):
        return "''"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ '2026-12-01 02:00:00Z'"
    return "DATE '2026-12-20'" if pa.types.is_date(kind) else "0"


@cache
def _report(stacks: int, each: int) -> tuple[float, float, float]:
    """Seconds that a user waits, seconds of the processor, and megabytes; the best of three."""
    command = [str(ROOT / ".venv/bin/apex"), "fleet", "report", str(results(stacks, each))]
    found = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"{' '.join(command)}: exit status {status}")
        seconds = time.perf_counter() - began
        found.append((seconds, used.ru_utime + used.ru_stime, _megabytes(used)))
    return min(found)


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024


def report_time(stacks: int, each: int) -> Measurement:
    """Every table on a terminal, compared with the run before."""
    seconds, processor, _ = _report(stacks, each)
    return Measurement(
        f"apex fleet report, {stacks:,} stacks, {stacks * each:,} findings",
        seconds,
        10,
        "s",
        f"{processor:.1f} s of the processor",
    )


def report_memory(stacks: int, each: int) -> Measurement:
    """The same, what it holds at most."""
    *_, megabytes = _report(stacks, each)
    return Measurement(
        "the same, resident memory", megabytes, 1_500, "MB", "DuckDB's limit is 1 GB"
    )
