"""The resources by what they belong to, with the worst that was found in each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from apex_guardrails.judgement.document import Document, FindingEntry, ResourceEntry
from apex_guardrails.model import Severity
from apex_guardrails.reports.pictures.drawing import (
    CRITICAL,
    HIGH,
    LINE,
    LOW,
    MEDIUM,
    MUTED,
    TIMES,
    WIDTH,
    Drawing,
    width_of,
)

MANY: Final = 300
"""Resources; where there are more, those of one type and one parent are one line."""

MOST: Final = 400
"""Lines of the picture; what is left out is counted."""

_COMPONENTS: Final = 12
_LEAVES: Final = 3
"""Up to so many of a type have lines of their own, however many there are of others."""

_ROW: Final = 20
_INDENT: Final = 18
_GUTTER: Final = 44
_DEEPEST: Final = 14
_ONE_COLUMN: Final = 24
"""Lines up to which one column is enough."""

_COLOURS: Final = {
    Severity.CRITICAL: CRITICAL,
    Severity.HIGH: HIGH,
    Severity.MEDIUM: MEDIUM,
    Severity.LOW: LOW,
}


@dataclass
class _Found:
    """What was found in some resources."""

    worst: Severity | None = None
    is_blocking: bool = False
    undecided: int = 0
    count: int = 0
    waived: int = 0

    def take(self, finding: FindingEntry) -> None:
        """Counts one more."""
        if finding.waiver is not None:
            self.waived += 1
            return
        self.count += 1
        self.undecided += finding.is_undecided
        self.is_blocking |= finding.is_blocking
        if self.worst is None or finding.severity.rank > self.worst.rank:
            self.worst = finding.severity

    def add(self, other: _Found) -> None:
        """Counts those of another one, too."""
        self.count += other.count
        self.undecided += other.undecided
        self.waived += other.waived
        self.is_blocking |= other.is_blocking
        if other.worst and (self.worst is None or other.worst.rank > self.worst.rank):
            self.worst = other.worst

    def words(self) -> str:
        """The mark at the end of a line; "" where nothing was found."""
        if self.worst is not None:
            what = "? " if self.undecided == self.count else "▲ " if self.is_blocking else "△ "
            more = f" ({self.count:,} findings)" if self.count > 1 else ""
            return f"{what}{self.worst}{more}"
        return (
            "waived" + (f" {TIMES} {self.waived:,}" if self.waived > 1 else "")
            if self.waived
            else ""
        )


@dataclass
class _Row:
    depth: int
    name: str
    type: str
    found: _Found
    is_component: bool


@dataclass
class _Tree:
    """The resources by parent."""

    children: defaultdict[str, list[ResourceEntry]] = field(
        default_factory=lambda: defaultdict(list)
    )
    found: defaultdict[str, _Found] = field(default_factory=lambda: defaultdict(_Found))
    is_large: bool = False

    def rows(self) -> Iterator[_Row]:
        """The lines from above to below; each resource once, whatever a document says."""
        seen: set[str] = set()
        stack: list[tuple[int, list[ResourceEntry]]] = [(0, self.children[""])]
        while stack:
            depth, group = stack.pop()
            first = group[0] if group else None
            if first is None or first.urn in seen:
                continue
            if depth == 0:
                groups = self._grouped(group)
                stack += [(1, item) for item in reversed(groups)]
                continue
            seen.update(item.urn for item in group)
            yield self._row(depth - 1, group)
            below = [child for item in group for child in self.children.get(item.urn, ())]
            if below and len(group) == 1:
                stack += [(depth + 1, item) for item in reversed(self._grouped(below))]

    def _grouped(self, resources: Sequence[ResourceEntry]) -> list[list[ResourceEntry]]:
        """Those that share a line: of many, the ones of a type."""
        ordered = sorted(
            resources, key=lambda item: (self._has_children(item), item.type, item.name, item.urn)
        )
        if not self.is_large:
            return [[item] for item in ordered]
        found: list[list[ResourceEntry]] = []
        groups = groupby(ordered, key=lambda item: (self._has_children(item), item.type))
        for (has_children, _), items in groups:
            alike = list(items)
            most = _COMPONENTS if has_children else _LEAVES
            found += [alike] if len(alike) > most else [[item] for item in alike]
        return found

    def _has_children(self, item: ResourceEntry) -> bool:
        return item.urn in self.children

    def _row(self, depth: int, group: Sequence[ResourceEntry]) -> _Row:
        first = group[0]
        found = self.found.get(first.urn, _Found())
        if len(group) == 1:
            return _Row(depth, first.name, short(first.type), found, not first.custom)
        found = _Found()
        pending = [item.urn for item in group]
        seen: set[str] = set()
        inside = -len(group)
        while pending:
            urn = pending.pop()
            if urn in seen:
                continue
            seen.add(urn)
            inside += 1
            if urn in self.found:
                found.add(self.found[urn])
            pending += [child.urn for child in self.children.get(urn, ())]
        more = f", with {inside:,} resources" if inside else ""
        name = f"{len(group):,} {TIMES} {short(first.type)}"
        return _Row(depth, name, more.removeprefix(", "), found, not first.custom)


def resource_tree(document: Document) -> str:
    """Which resource belongs to which; "" without resources."""
    rows = list(_tree(document).rows())
    if not rows:
        return ""
    left_out = len(rows) - MOST
    rows = rows[:MOST]
    deployed = sum(item.is_deployed for item in document.resources)
    drawing = Drawing("Resources by component", _description(document, deployed))
    columns = 1 if len(rows) <= _ONE_COLUMN else 2
    room = (WIDTH - _GUTTER * (columns - 1)) / columns
    half = _break(rows) if columns > 1 else len(rows)
    parts = [rows[:half], rows[half:]]
    for number, part in enumerate(parts):
        _draw(drawing, part, number * (room + _GUTTER), room)
    drawing.height = max(map(len, parts)) * _ROW + 8
    if left_out > 0:
        drawing.height += _ROW
        drawing.text(0, drawing.height - 8, f"{left_out:,} more lines are left out.", fill=MUTED)
    return drawing.svg()


def _break(rows: Sequence[_Row]) -> int:
    """Where the second column begins: near the middle, and at a component if there is one."""
    middle = -(-len(rows) // 2)
    reach = len(rows) // 10
    near = range(middle - reach, min(len(rows), middle + reach + 1))
    return min(near, key=lambda number: (rows[number].depth, abs(number - middle), number))


def _tree(document: Document) -> _Tree:
    tree = _Tree()
    shown = [item for item in document.resources if not item.type.startswith("pulumi:")]
    known = {item.urn for item in shown}
    tree.is_large = len(shown) > MANY
    for item in shown:
        tree.children[item.parent if item.parent in known else ""].append(item)
    for finding in document.findings:
        if finding.urn in known:
            tree.found[finding.urn].take(finding)
    return tree


def _draw(drawing: Drawing, rows: Sequence[_Row], x: float, room: float) -> None:
    last: dict[int, float] = {}
    for number, row in enumerate(rows):
        y = number * _ROW + 14.0
        depth = min(row.depth, _DEEPEST)
        left = x + depth * _INDENT
        if depth:
            # To the parent's line above, or to the top where that is in another column.
            start = last.get(depth - 1, 0)
            start = max(start, last.get(depth, 0) - 10)
            corner = left - _INDENT + 5
            drawing.path(f"M{corner:.1f} {start + 6:.1f}V{y - 4:.1f}h{_INDENT - 8}", stroke=LINE)
        last = {key: value for key, value in last.items() if key < depth} | {depth: y}
        _draw_row(drawing, row, left, y, x + room)


def _draw_row(drawing: Drawing, row: _Row, left: float, y: float, right: float) -> None:
    words = row.found.words()
    mark = width_of(words, 12.5) + 12 if words else 0
    drawing.text(
        left,
        y,
        row.name,
        size=12.5,
        weight="600" if row.is_component else "",
        room=right - left - mark,
        after=row.type,
    )
    if words:
        worst = row.found.worst
        colour = _COLOURS[worst] if worst else MUTED
        bold = "600" if worst else ""
        drawing.text(right, y, words, size=11.5, fill=colour, anchor="end", weight=bold)


def short(token: str) -> str:
    """A type as people speak of it: `compute/instance`, `aws:s3/bucket`, `apex:compute:Api`."""
    package, _, rest = token.partition(":")
    module, _, _ = rest.partition(":")
    if "/" not in module:
        return token
    return module if package == "gcp" else f"{package}:{module}"


def _description(document: Document, deployed: int) -> str:
    counts = Counter(item.severity for item in document.findings if item.waiver is None)
    found = ", ".join(f"{counts[item]} {item}" for item in reversed(Severity) if counts[item])
    return (
        f"{deployed:,} resources by the component that they belong to; findings: {found or 'none'}."
    )
