"""What was judged at once, as one object: tables of Arrow, and what the driver counts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC
from typing import Any, Final

import pyarrow as pa

from apex_guardrails.fleet.judging import Judged
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.rule_rows import RuleRow
from apex_guardrails.fleet.tables import OF_STACKS, table_of

_ABOUT: Final = "about.json"
_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="zstd")


@dataclass(frozen=True)
class StateResult:
    """What the driver knows of a state that was judged.

    Attributes:
        address: where it is.
        exit_code: of the stack by itself; 2 where it could not be judged.
        kind: why it could not be judged; "" where it was.
        stack: its backend, project and stack.
        modified: when the state was written, so that later is greater; "" where it is not known.
    """

    address: str
    exit_code: int
    kind: str = ""
    stack: tuple[str, str, str] = ("", "", "")
    modified: str = ""


@dataclass(frozen=True)
class Part:
    """Some stacks that were judged.

    Attributes:
        states: what came of each.
        lengths: how many rows each has in each table.
        tables: their rows, state by state.
        own_rules: rules of teams' own that were met.
    """

    states: Sequence[StateResult]
    lengths: Sequence[Mapping[str, int]]
    tables: Mapping[str, pa.Table] = field(repr=False)
    own_rules: Sequence[RuleRow] = ()

    def packed(self) -> bytes:
        """It as bytes."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            about = {
                "states": [astuple(it) for it in self.states],
                "lengths": self.lengths,
                "own_rules": [list(row) for row in self.own_rules],
            }
            archive.writestr(_ABOUT, json.dumps(about))
            for name, table in self.tables.items():
                stream = io.BytesIO()
                with pa.ipc.new_stream(stream, table.schema, options=_COMPRESSED) as writer:
                    writer.write_table(table)
                archive.writestr(name, stream.getvalue())
        return written.getvalue()

    def of(self, addresses: Collection[str]) -> Mapping[str, pa.Table]:
        """The rows of some of its states."""
        if all(state.address in addresses for state in self.states):
            return self.tables
        kept = {name: [table.slice(0, 0)] for name, table in self.tables.items()}
        begins = dict.fromkeys(self.tables, 0)
        for state, lengths in zip(self.states, self.lengths, strict=True):
            for name, length in lengths.items():
                if state.address in addresses:
                    kept[name].append(self.tables[name].slice(begins[name], length))
                begins[name] += length
        return {name: pa.concat_tables(tables) for name, tables in kept.items()}


def part_of(done: Sequence[Judged], plan: Plan, own_rules: Sequence[RuleRow] = ()) -> Part:
    """The rows of some stacks."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in OF_STACKS}
    for item in done:
        head = (plan.day, plan.shard, item.state.backend, item.project, item.stack, item.owner)
        for name, found in item.rows.items():
            rows[name] += [head + row for row in found]
    lengths = [{name: len(found) for name, found in item.rows.items()} for item in done]
    tables = {name: table_of(schema, rows[name]) for name, schema in OF_STACKS.items()}
    return Part([_result(item) for item in done], lengths, tables, own_rules)


def _result(item: Judged) -> StateResult:
    kind = "" if "stacks" in item.rows else item.rows["errors"][0][1]
    state = item.state
    modified = state.modified.astimezone(UTC).isoformat() if state.modified else ""
    stack = (state.backend, item.project, item.stack)
    return StateResult(state.address, item.exit_code, kind, stack, modified)


def states_in(data: bytes) -> Iterator[StateResult]:
    """What the driver knows of the states in a part, without its tables."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from _states(json.loads(archive.read(_ABOUT)))


def _states(about: Mapping[str, Any]) -> Iterator[StateResult]:
    for address, exit_code, kind, stack, modified in about["states"]:
        yield StateResult(address, exit_code, kind, tuple(stack), modified)


def unpacked(data: bytes) -> Part:
    """A part as it was before it was bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        about = json.loads(archive.read(_ABOUT))
        tables = {
            name: pa.ipc.open_stream(archive.read(name)).read_all()
            for name in archive.namelist()
            if name != _ABOUT
        }
    own_rules = [tuple(row) for row in about["own_rules"]]
    return Part(list(_states(about)), about["lengths"], tables, own_rules)
