"""Lays out boxes in columns, with lines between them that cross no box.

A layered layout after Sugiyama, Tagawa and Toda (1981): a line over several columns gets a lane of
its own in each of them, so that it goes between boxes; the order in a column follows the mean place
of what its boxes are joined to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

GAP: Final = 16
"""Between two boxes of a column."""

LANE: Final = 10
"""Height of the lane of a line that passes."""

_SWEEPS: Final = 8


@dataclass
class Box:
    """A box, or with an empty key a lane; `x` and `y` are its left upper corner."""

    key: str
    column: int
    width: float
    height: float
    x: float = 0
    y: float = 0
    rank: tuple[int, str] = (0, "")

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.y + self.height / 2


@dataclass
class Line:
    """A line between two boxes; `points` are where it leaves, passes and arrives."""

    source: str
    target: str
    points: list[tuple[float, float]] = field(default_factory=list)
    is_within: bool = False
    """Whether both are in one column."""


@dataclass
class Layout:
    """Boxes with their places, and lines."""

    boxes: dict[str, Box]
    lanes: list[Box]
    lines: list[Line]
    width: float
    height: float


def lay_out(
    boxes: Sequence[Box], pairs: Iterable[tuple[str, str]], width: float, top: float
) -> Layout:
    """Finds a place for each box, and a way for each line.

    Args:
        boxes: with column, width and height; their order in a column starts by `rank`.
        pairs: the keys of boxes to be joined, each pair once.
        width: of the whole picture.
        top: where the columns begin.
    """
    boxes = sorted(boxes, key=lambda box: (box.column, box.rank, box.key))
    used = sorted({box.column for box in boxes})
    place = {column: number for number, column in enumerate(used)}
    by_key = {box.key: box for box in boxes}
    columns: list[list[Box]] = [[] for _ in used]
    for box in boxes:
        box.column = place[box.column]
        columns[box.column].append(box)
    lines, chains, lanes = _chains(by_key, pairs, columns)
    near: dict[int, list[Box]] = defaultdict(list)
    for chain in chains.values():
        for one, other in pairwise(chain):
            near[id(one)].append(other)
            near[id(other)].append(one)
    _order(columns, near)
    _set_x(columns, width)
    height = _set_y(columns, near, top)
    _join(lines, chains)
    return Layout(by_key, lanes, lines, width, height)


def _chains(
    by_key: Mapping[str, Box], pairs: Iterable[tuple[str, str]], columns: list[list[Box]]
) -> tuple[list[Line], dict[int, list[Box]], list[Box]]:
    """The lines, and the boxes and lanes that each goes through from left to right."""
    lines: list[Line] = []
    chains: dict[int, list[Box]] = {}
    lanes: list[Box] = []
    for source, target in pairs:
        line = Line(source, target)
        ends = sorted((by_key[source], by_key[target]), key=lambda box: box.column)
        line.is_within = ends[0].column == ends[1].column
        between = []
        for column in range(ends[0].column + 1, ends[1].column):
            lane = Box("", column, columns[column][0].width, LANE, rank=ends[0].rank)
            columns[column].append(lane)
            between.append(lane)
        lanes += between
        chains[len(lines)] = [ends[0], *between, ends[1]]
        lines.append(line)
    return lines, chains, lanes


def _order(columns: list[list[Box]], near: Mapping[int, list[Box]]) -> None:
    position = {id(box): float(number) for column in columns for number, box in enumerate(column)}
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            means = {
                id(box): _mean([position[id(other)] for other in near[id(box)]])
                if near.get(id(box))
                else position[id(box)]
                for box in column
            }
            column.sort(key=lambda box: (means[id(box)], box.rank, box.key))
            size = max(1, len(column) - 1)
            for number, box in enumerate(column):
                # As a part of the column, so that long and short ones can be compared.
                position[id(box)] = 100 * number / size if len(column) > 1 else 50


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _set_x(columns: list[list[Box]], width: float) -> None:
    for number, column in enumerate(columns):
        for box in column:
            room = width - 2 - box.width
            box.x = 1 + room * number / (len(columns) - 1) if len(columns) > 1 else room / 2


def _set_y(columns: list[list[Box]], near: Mapping[int, list[Box]], top: float) -> float:
    """Sets the heights; returns where the longest column ends."""
    tallest = max((_length(column) for column in columns), default=0)
    for column in columns:
        _stack(column, [0.0] * len(column), top + (tallest - _length(column)) / 2)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = [
                _mean([other.middle for other in near[id(box)]]) - box.height / 2
                if near.get(id(box))
                else box.y
                for box in column
            ]
            _stack(column, wanted, top)
            over = max((box.y + box.height for box in column), default=0) - (top + tallest)
            if over > 0:
                _push_up(column, top + tallest)
    return max((box.y + box.height for column in columns for box in column), default=top)


def _length(column: Sequence[Box]) -> float:
    return sum(box.height for box in column) + GAP * (len(column) - 1)


def _stack(column: Sequence[Box], wanted: Sequence[float], top: float) -> None:
    """Puts each where it wants to be, or below the one before it."""
    least = top
    for box, y in zip(column, wanted, strict=True):
        box.y = max(y, least)
        least = box.y + box.height + GAP


def _push_up(column: Sequence[Box], bottom: float) -> None:
    for box in reversed(column):
        box.y = min(box.y, bottom - box.height)
        bottom = box.y - GAP


def _join(lines: Sequence[Line], chains: Mapping[int, list[Box]]) -> None:
    """Spreads the ends of lines over the sides of boxes, and sets the points between."""
    sides: dict[tuple[int, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    for number, line in enumerate(lines):
        first, *_, last = chain = chains[number]
        sides[id(first), not line.is_within].append((chain[1].middle, number, True))
        sides[id(last), False].append((chain[-2].middle, number, False))
    ends: dict[tuple[int, bool], float] = {}
    boxes = {id(box): box for chain in chains.values() for box in (chain[0], chain[-1])}
    for (box_id, _), there in sides.items():
        box = boxes[box_id]
        step = box.height / (len(there) + 1)
        for place, (_, number, is_first) in enumerate(sorted(there), start=1):
            ends[number, is_first] = box.y + place * step
    for number, line in enumerate(lines):
        first, *between, last = chains[number]
        # Within a column it bends to the left, where few others are.
        right = first.x + (0 if line.is_within else first.width)
        line.points = [(right, ends[number, True])]
        for lane in between:
            line.points += [(lane.x, lane.middle), (lane.x + lane.width, lane.middle)]
        line.points.append((last.x, ends[number, False]))
        if line.source != first.key:
            line.points.reverse()
