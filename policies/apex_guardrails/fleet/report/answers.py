"""What the views answer: their first rows, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from apex_guardrails.fleet.report.results import Results
from apex_guardrails.fleet.views import View

Row = dict[str, Any]

NOBODY: Final = "(nobody)"
"""The owner of what has none."""


@dataclass(frozen=True)
class Column:
    """A column as people read it.

    Attributes:
        name: in the query.
        title: above the column.
        is_figure: whether it has numbers.
        is_money: whether these are US dollars a month.
    """

    name: str
    title: str
    is_figure: bool
    is_money: bool


@dataclass(frozen=True)
class Answer:
    """The first rows of a view.

    Attributes:
        columns: of the rows.
        rows: the first ones; project and stack are one column, and the backend is left out where
            the fleet has only one.
        count: how many rows there are.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    count: int

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.count - len(self.rows)


def answer(results: Results, view: View, most: int, *, backends: int) -> Answer:
    """The first rows of a view as people read them.

    Args:
        results: what is asked.
        view: the question.
        most: rows that are shown.
        backends: how many places the states lie in.
    """
    answered = results.ask(f"{view.sql}\nLIMIT {most}")
    kinds = dict(zip(answered.names, answered.kinds, strict=True))
    found = answered.all()
    count = results.ask(_count(view)).one()["n"] if len(found) == most else len(found)
    left_out = {"project"} if backends > 1 else {"project", "backend"}
    columns = [
        _column(name, kind)
        for name, kind in kinds.items()
        if "stack" not in kinds or name not in left_out
    ]
    return Answer(columns, [_with_stack(row) for row in found], count)


def backends(results: Results) -> int:
    """How many places the states lie in."""
    sql = (
        "SELECT count(DISTINCT s.backend) AS n FROM stacks AS s JOIN last_run AS l ON l.day = s.day"
    )
    return int(results.ask(sql).one()["n"])


def _count(view: View) -> str:
    return f"SELECT count(*) AS n FROM (\n{view.unsorted}\n) AS answered"  # noqa: S608 a view of ours


def _column(name: str, kind: str) -> Column:
    is_money = kind.startswith("DECIMAL") or name == "change"
    is_figure = is_money or kind in {"BIGINT", "INTEGER", "HUGEINT", "DOUBLE", "NUMBER"}
    title = f"{name} (USD)" if is_money else name
    return Column(name, title.replace("_", " "), is_figure, is_money)


def _with_stack(row: Row) -> Row:
    if {"project", "stack"} <= row.keys() and row["stack"]:
        row["stack"] = f"{row['project']}/{row['stack']}"
    return row


def text_of(value: Any, column: Column) -> str:
    """A value as people read it; what a program brings is not yet made harmless."""
    if value is None:
        return ""
    if column.name == "owner":
        return value or NOBODY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.is_money:
        return _money(Decimal(value), signed=column.name == "change")
    if column.is_figure:
        return f"{value:,}"
    return str(value)


def _money(amount: Decimal, *, signed: bool) -> str:
    from apex_guardrails.model.cost import dollars

    return dollars(amount, signed=signed)
