"""What was judged at once, as one object: tables of Arrow, and what the driver counts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from apex_guardrails.fleet.judging import Judged
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.rule_rows import RuleRow
from apex_guardrails.fleet.tables import OF_STACKS

_ABOUT: Final = "about.json"
_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="zstd")


@dataclass(frozen=True)
class StateResult:
    """What the driver knows of a state that was judged.

    Attributes:
        address: where it is.
        exit_code: of the stack by itself; 2 where it could not be judged.
        kind: why it could not be judged; "" where it was.
    """

    address: str
    exit_code: int
    kind: str = ""


@dataclass(frozen=True)
class Part:
    """Some stacks that were judged.

    Attributes:
        states: what came of each.
        tables: their rows.
        own_rules: rules of teams' own that were met.
    """

    states: Sequence[StateResult]
    tables: Mapping[str, pa.Table] = field(repr=False)
    own_rules: Sequence[RuleRow] = ()

    def packed(self) -> bytes:
        """It as bytes."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            about = {
                "states": [[it.address, it.exit_code, it.kind] for it in self.states],
                "own_rules": [list(row) for row in self.own_rules],
            }
            archive.writestr(_ABOUT, json.dumps(about))
            for name, table in self.tables.items():
                stream = io.BytesIO()
                with pa.ipc.new_stream(stream, table.schema, options=_COMPRESSED) as writer:
                    writer.write_table(table)
                archive.writestr(name, stream.getvalue())
        return written.getvalue()


def part_of(done: Sequence[Judged], plan: Plan, own_rules: Sequence[RuleRow] = ()) -> Part:
    """The rows of some stacks."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in OF_STACKS}
    for item in done:
        head = (plan.day, plan.shard, item.state.backend, item.project, item.stack, item.owner)
        for name, found in item.rows.items():
            rows[name] += [head + row for row in found]
    tables = {name: _table(schema, rows[name]) for name, schema in OF_STACKS.items()}
    return Part([_result(item) for item in done], tables, own_rules)


def _result(item: Judged) -> StateResult:
    kind = "" if "stacks" in item.rows else item.rows["errors"][0][1]
    return StateResult(item.state.address, item.exit_code, kind)


def _table(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def without(tables: Mapping[str, pa.Table], sources: Iterable[str]) -> dict[str, pa.Table]:
    """Tables without the rows of some states, which another part has, too.

    Args:
        tables: of one part.
        sources: the addresses of the states.
    """
    listed = pa.array(sorted(sources), pa.string())
    stacks = {
        (row["backend"], row["project"], row["stack"])
        for name in ("stacks", "errors")
        for row in tables[name].filter(pc.is_in(tables[name]["source"], listed)).to_pylist()
    }
    return {
        name: table.filter(
            pa.array(
                [
                    key not in stacks
                    for key in zip(
                        *(table[column].to_pylist() for column in ("backend", "project", "stack")),
                        strict=True,
                    )
                ],
                pa.bool_(),
            )
        )
        for name, table in tables.items()
    }


def states_in(data: bytes) -> Iterator[StateResult]:
    """What the driver knows of the states in a part, without its tables."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for address, exit_code, kind in json.loads(archive.read(_ABOUT))["states"]:
            yield StateResult(address, exit_code, kind)


def unpacked(data: bytes) -> Part:
    """A part as it was before it was bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        about = json.loads(archive.read(_ABOUT))
        tables = {
            name: pa.ipc.open_stream(archive.read(name)).read_all()
            for name in archive.namelist()
            if name != _ABOUT
        }
    states = [StateResult(*it) for it in about["states"]]
    return Part(states, tables, [tuple(row) for row in about["own_rules"]])
