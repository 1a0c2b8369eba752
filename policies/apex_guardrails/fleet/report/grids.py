"""The heat maps: rows of a view as a grid, the worst rows and columns first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from apex_guardrails.fleet.report.answers import NOBODY
from apex_guardrails.fleet.report.results import Results
from apex_guardrails.fleet.views import views

_LEVELS: Final = (1, 3, 10, 50)
"""From so many bad ones on, a cell has its next level."""

OTHERS: Final = "others"


class Cell(NamedTuple):
    """How many of something are bad, and how many there are."""

    bad: int
    every: int

    @property
    def text(self) -> str:
        """What is read: `3/12`; "" where there is nothing."""
        return f"{self.bad:,}/{self.every:,}" if self.every else ""

    @property
    def level(self) -> int:
        """How bad it is, from 0 to 4."""
        return sum(self.bad >= least for least in _LEVELS)

    def plus(self, other: Cell) -> Cell:
        """Both together."""
        return Cell(self.bad + other.bad, self.every + other.every)


NOTHING: Final = Cell(0, 0)


@dataclass(frozen=True)
class Line:
    """A row of a grid: what it is about, more of it, its cells, and all of them together."""

    name: str
    about: str
    cells: Sequence[Cell]
    total: Cell


@dataclass(frozen=True)
class Grid:
    """A heat map.

    Attributes:
        name: of the view.
        corner: what the rows are.
        says: what a cell says.
        columns: their names; `others` stands for those that have no column.
        lines: the worst first.
        more: how many rows are not shown.
    """

    name: str
    corner: str
    says: str
    columns: Sequence[str]
    lines: Sequence[Line]
    more: int


class _Kind(NamedTuple):
    """How a view becomes a grid: which of its columns are what."""

    corner: str
    says: str
    key: Sequence[str]
    label: str
    about: str
    column: str
    bad: str
    every: str
    bad_of_row: str
    """The view has the worst rows first; where this is 0, the rest is not shown."""


_KINDS: Final[Mapping[str, _Kind]] = {
    "stacks_by_service": _Kind(
        corner="stack",
        says="blocking/open findings",
        key=("backend", "project", "stack"),
        label="{project}/{stack}",
        about="{owner}",
        column="service",
        bad="blocking",
        every="findings",
        bad_of_row="findings_of_stack",
    ),
    "controls_by_team": _Kind(
        corner="control",
        says="stacks in which it fails/in which rules look at it",
        key=("framework", "control"),
        label="{framework}:{control}",
        about="{title}",
        column="owner",
        bad="failing",
        every="stacks",
        bad_of_row="failing_in_all",
    ),
}


def grid(results: Results, name: str, most: int, most_columns: int) -> Grid | None:
    """A view as a grid; `None` where it is not one.

    Args:
        results: what is asked.
        name: of the view.
        most: rows that are shown.
        most_columns: columns that are shown; what is left goes into one more, `others`.
    """
    kind = _KINDS.get(name)
    if kind is None:
        return None
    view = views()[name]
    keys = ", ".join(kind.key)
    count = results.ask(
        f"SELECT count(*) AS n FROM (SELECT DISTINCT {keys} FROM (\n{view.unsorted}\n) AS a"  # noqa: S608 our own
        f" WHERE {kind.bad_of_row} > 0) AS b"
    ).one()["n"]
    answer = results.ask(view.sql)
    names = answer.names
    rows = (dict(zip(names, row, strict=True)) for chunk in answer.chunks() for row in chunk)
    found: dict[tuple[Any, ...], dict[str, Cell]] = {}
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[part] for part in kind.key)
        if not row[kind.bad_of_row] or (key not in found and len(found) == most):
            break
        first.setdefault(key, row)
        found.setdefault(key, {})[row[kind.column] or NOBODY] = Cell(row[kind.bad], row[kind.every])
    columns = _columns(found.values(), most_columns)
    lines = [
        _line(kind.label.format_map(first[key]), kind.about.format_map(first[key]), cells, columns)
        for key, cells in found.items()
    ]
    return Grid(name, kind.corner, kind.says, columns, lines, count - len(lines))


def _columns(found: Iterable[Mapping[str, Cell]], most: int) -> list[str]:
    """The worst columns first; the last one is for what has none of its own."""
    bad: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for cells in found:
        for name, cell in cells.items():
            bad[name] += cell.bad
            every[name] += cell.every
    names = sorted(every, key=lambda name: (-bad[name], -every[name], name))
    return names if len(names) <= most else [*names[: most - 1], OTHERS]


def _line(name: str, about: str, cells: Mapping[str, Cell], columns: Sequence[str]) -> Line:
    placed: defaultdict[str, Cell] = defaultdict(lambda: NOTHING)
    total = NOTHING
    for column, cell in cells.items():
        place = column if column in columns else OTHERS
        placed[place] = placed[place].plus(cell)
        total = total.plus(cell)
    return Line(name, about, [placed[column] for column in columns], total)
