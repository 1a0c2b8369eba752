"""The tables that `apex fleet audit` writes: their columns, and where their files lie.

A folder of tables belongs to one version of this schema. There are no lists and no structs, so that
every reader of Parquet can use them: several values stand in one text, with spaces between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa

VERSION: Final = 1
"""Of the schema: it grows when a column is removed or means something else."""

VERSION_KEY: Final = b"apex.fleet.schema"
"""Where the footer of a Parquet file has the version."""

VERSION_FILE: Final = "apex-fleet.json"
"""Says at the top of a folder of tables which version they have."""

WORK: Final = "_work"
"""The folder beside the tables of what is not complete."""

TEXT: Final = pa.string()
NUMBER: Final = pa.int32()
FLAG: Final = pa.bool_()
DAY: Final = pa.date32()
TIME: Final = pa.timestamp("us", tz="UTC")
MONEY: Final = pa.decimal128(18, 6)
"""US dollars a month."""


def _schema(columns: Mapping[str, pa.DataType], nullable: Iterable[str] = ()) -> pa.Schema:
    may_be_null = frozenset(nullable)
    return pa.schema(
        [pa.field(name, kind, nullable=name in may_be_null) for name, kind in columns.items()],
        metadata={VERSION_KEY: str(VERSION).encode()},
    )


STACK_COLUMNS: Final[Mapping[str, pa.DataType]] = {
    "date": DAY,
    "shard": NUMBER,
    "backend": TEXT,
    "project": TEXT,
    "stack": TEXT,
    "owner": TEXT,
}
"""What every table about stacks begins with; backend, project and stack name a stack."""

STACKS: Final = _schema(
    {
        **STACK_COLUMNS,
        "organization": TEXT,
        "source": TEXT,
        "size": pa.int64(),
        "modified": TIME,
        "owner_from": TEXT,
        "settings": TEXT,
        "settings_file": TEXT,
        "settings_sha256": TEXT,
        "verdict": TEXT,
        "exit_code": NUMBER,
        "summary": TEXT,
        **dict.fromkeys(("resources", "evaluated", "not_evaluated"), NUMBER),
        **dict.fromkeys(("rules", "passed"), NUMBER),
        **dict.fromkeys(("rules_off", "own_rules"), TEXT),
        **dict.fromkeys(("blocking", "advisory", "waived", "known", "undecided"), NUMBER),
        **dict.fromkeys(("failed_critical", "failed_high", "failed_medium", "failed_low"), NUMBER),
        **dict.fromkeys(("monthly_low", "monthly", "monthly_high", "budget"), MONEY),
        "unpriced": NUMBER,
        "time": TIME,
        "seconds": pa.float64(),
    },
    nullable=("modified", "monthly_low", "monthly", "monthly_high", "budget"),
)

FINDINGS: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("rule", "service", "severity", "level", "outcome", "status"), TEXT),
        "is_blocking": FLAG,
        **dict.fromkeys(("urn", "type", "name", "path", "message"), TEXT),
        "occurrence": NUMBER,
        "fingerprint": TEXT,
        "waived_until": DAY,
        "waiver_owner": TEXT,
        "known_since": DAY,
        "also": TEXT,
    },
    nullable=("waived_until", "known_since"),
)

RESOURCES: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("urn", "type", "name", "service", "parent", "location"), TEXT),
        "is_evaluated": FLAG,
        "findings": NUMBER,
        "blocking": NUMBER,
    }
)

COSTS: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("urn", "type", "name", "service", "status"), TEXT),
        **dict.fromkeys(("monthly_low", "monthly", "monthly_high"), MONEY),
        "reason": TEXT,
    }
)

CONTROLS: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("framework", "control", "result"), TEXT),
        "failing": NUMBER,
        "rules": NUMBER,
    }
)

WAIVERS: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("rule", "resource", "reason", "waiver_owner"), TEXT),
        "expires": DAY,
        "days_left": NUMBER,
        "ticket": TEXT,
        "findings": NUMBER,
        "state": TEXT,
    }
)

ERRORS: Final = _schema(
    {
        **STACK_COLUMNS,
        **dict.fromkeys(("source", "kind", "message", "rule"), TEXT),
        "attempts": NUMBER,
    }
)

RUNS: Final = _schema(
    {
        "date": DAY,
        "shard": NUMBER,
        "shards": NUMBER,
        "run": TEXT,
        "schema": NUMBER,
        "apex": TEXT,
        "rules_sha256": TEXT,
        "started": TIME,
        "finished": TIME,
        "sources": TEXT,
        **dict.fromkeys(("states", "judged", "failed", "exit_code", "resumed"), NUMBER),
        "settings_file": TEXT,
        "settings_sha256": TEXT,
    }
)

RULES: Final = _schema(
    {
        "date": DAY,
        **dict.fromkeys(("rule", "title", "why", "fix", "service", "severity", "scope"), TEXT),
        "controls": TEXT,
        "page": TEXT,
        "is_own": FLAG,
    }
)

FRAMEWORKS: Final = _schema(
    {
        "date": DAY,
        **dict.fromkeys(("framework", "name", "version", "source"), TEXT),
        **dict.fromkeys(("control", "title", "unseen", "rules"), TEXT),
        "place": NUMBER,
    }
)

OF_STACKS: Final[Mapping[str, pa.Schema]] = {
    "findings": FINDINGS,
    "resources": RESOURCES,
    "costs": COSTS,
    "controls": CONTROLS,
    "waivers": WAIVERS,
    "errors": ERRORS,
    "stacks": STACKS,
}
"""The tables about stacks."""

TABLES: Final[Mapping[str, pa.Schema]] = {
    **OF_STACKS,
    "runs": RUNS,
    "rules": RULES,
    "frameworks": FRAMEWORKS,
}
"""Every table by its name, which is its folder's."""


def file_of(table: str, day: date, shard: int, shards: int, *, prefix: str = "") -> str:
    """Where the rows of one shard and day are, below the folder of tables.

    Args:
        table: its name.
        day: of the run.
        shard: counted from 0.
        shards: how many there are.
        prefix: of the file's name.
    """
    return f"{folder_of(table, day)}/{prefix}{shard:05}-of-{shards:05}.parquet"


def folder_of(table: str, day: date) -> str:
    """Where a table's files of one day are.

    The name is Hive's for a partition, and no column's: no reader finds a column twice.
    """
    return f"{table}/day={day.isoformat()}"


def table_of(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows as a table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, it.type) for column, it in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
