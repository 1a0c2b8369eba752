"""Small backends as Pulumi keeps them, and what stands in the tables afterwards."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from apex_guardrails.fleet.tables import TABLES
from tests.policies.state_files import CLOSED, FIREWALL, OPEN, resource, root

DAY = date(2026, 12, 1)


def checkpoint(
    project: str, stack: str, *resources: dict[str, Any], version: int = 3
) -> dict[str, Any]:
    """A state as a backend of files keeps it."""
    name = f"organization/{project}/{stack}" if project else stack
    manifest = {"time": "2026-11-25T12:00:00Z", "magic": "m", "version": "v3.259.0"}
    latest = {"manifest": manifest, "resources": [root(stack, project or "old"), *resources]}
    return {"version": version, "checkpoint": {"stack": name, "config": {}, "latest": latest}}


def firewall(project: str, stack: str, *, is_open: bool, name: str = "fw") -> dict[str, Any]:
    """A firewall that lets everybody in, or not."""
    inputs = OPEN if is_open else CLOSED
    return resource(FIREWALL, name, inputs, _project=project, _stack=stack)


def bytes_of(project: str, stack: str, *, is_open: bool = True) -> bytes:
    """A state with one firewall."""
    return json.dumps(
        checkpoint(project, stack, firewall(project, stack, is_open=is_open))
    ).encode()


def backend(folder: Path, *names: str, is_open: bool = True) -> Path:
    """A backend with a stack for each `project/stack`."""
    for name in names:
        project, _, stack = name.partition("/")
        put(folder, f"{name}.json", bytes_of(project, stack, is_open=is_open))
    return folder


def put(folder: Path, name: str, data: bytes) -> Path:
    """Writes something where states are."""
    file = folder / ".pulumi/stacks" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def zipped(data: bytes) -> bytes:
    return gzip.compress(data)


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def rows(results: Path, table: str, columns: str = "*", more: str = "") -> list[tuple[Any, ...]]:
    """What stands in a table; in its schema's order where no columns are named."""
    assert table in TABLES
    files = f"read_parquet('{results}/{table}/day=*/*.parquet', hive_partitioning=false)"
    return duckdb.connect().execute(f"SELECT {columns} FROM {files} {more}").fetchall()  # noqa: S608 a test's own words
