"""Writes examples/fleet/columns.json: the columns of a fleet's tables, as BigQuery has them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from apex_guardrails.fleet.tables import DAY, FLAG, MONEY, NUMBER, TABLES, TEXT, TIME
from apex_guardrails.support.files import write_text

FILE: Final = Path(__file__).resolve().parents[1] / "examples/fleet/columns.json"

TYPES: Final[Mapping[pa.DataType, str]] = {
    TEXT: "STRING",
    NUMBER: "INTEGER",
    pa.int64(): "INTEGER",
    pa.float64(): "FLOAT",
    FLAG: "BOOLEAN",
    DAY: "DATE",
    TIME: "TIMESTAMP",
    MONEY: "NUMERIC",
}


def columns() -> dict[str, list[dict[str, Any]]]:
    """The columns of each table."""
    return {
        name: [
            {
                "name": field.name,
                "type": TYPES[field.type],
                "mode": "NULLABLE" if field.nullable else "REQUIRED",
            }
            for field in schema
        ]
        for name, schema in TABLES.items()
    }


def text() -> str:
    """The file: a table a line, so that a difference shows which one."""
    lines = (f"  {json.dumps(name)}: {json.dumps(found)}" for name, found in columns().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    write_text(FILE, text())
