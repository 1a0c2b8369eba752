"""The resources by what they belong to, with what was found in each, to be folded and unfolded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from apex_guardrails.judgement.entries import FindingEntry, Position, ResourceEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import Severity

MANY: Final = 300
"""Resources; where there are more, those of one type and one parent are folded into one line."""

_MOST_COMPONENTS: Final = 12
_MOST_LEAVES: Final = 3
"""Up to so many of a type stand by themselves, however many there are of others."""

_DEEPEST: Final = 14
"""Levels; what is further below stands on the last one."""

_TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Mark:
    """What was found, in a few words.

    Attributes:
        worst: how grave the worst of it is; `None` where somebody answers for all of it.
    """

    words: str
    worst: Severity | None


@dataclass(frozen=True)
class Branch:
    """A resource, or several of one type, with what belongs to it.

    Attributes:
        type: as people speak of it; of several, what is in them.
        mark: of several, what was found anywhere in them.
        has_findings: whether anything was found in it, or in what belongs to it.
        is_open: whether what is below is seen at first: where there is something to see.
    """

    name: str
    type: str
    place: Position | None
    mark: Mark | None
    is_component: bool
    has_findings: bool
    is_open: bool
    below: Sequence[Branch]


def branches(document: Judgement) -> list[Branch]:
    """The whole tree; each resource is in it once, whatever a document says of parents."""
    return list(_Tree.of(document).roots())


@dataclass
class _Tree:
    """The resources by parent, and those that have been taken already."""

    resources: Sequence[ResourceEntry]
    children: defaultdict[str, list[ResourceEntry]]
    findings: defaultdict[str, list[FindingEntry]]
    taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, document: Judgement) -> _Tree:
        known = {item.urn for item in document.resources}
        children: defaultdict[str, list[ResourceEntry]] = defaultdict(list)
        for item in document.resources:
            children[item.parent if item.parent in known else ""].append(item)
        findings: defaultdict[str, list[FindingEntry]] = defaultdict(list)
        for finding in document.findings:
            findings[finding.urn].append(finding)
        return cls(document.resources, children, findings)

    def roots(self) -> Iterator[Branch]:
        yield from self._branches(self.children[""], 1)
        # Those that are each other's parents are below none of them.
        for item in self.resources:
            yield from self._branches([item], 1)

    def _branches(self, resources: Iterable[ResourceEntry], depth: int) -> list[Branch]:
        free = [item for item in resources if item.urn not in self.taken]
        self.taken.update(item.urn for item in free)
        return [self._of_several(group, depth) for group in self._grouped(free)]

    def _grouped(self, resources: Iterable[ResourceEntry]) -> Iterator[list[ResourceEntry]]:
        """Those that share a line: of many, the ones of a type."""

        def kind(item: ResourceEntry) -> tuple[bool, str]:
            return item.urn in self.children, item.type

        ordered = sorted(resources, key=lambda item: (*kind(item), item.name, item.urn))
        is_large = len(self.resources) > MANY
        for (has_children, _), items in groupby(ordered, key=kind):
            alike = list(items)
            most = _MOST_COMPONENTS if has_children else _MOST_LEAVES
            yield from [alike] if is_large and len(alike) > most else ([item] for item in alike)

    def _of_several(self, group: Sequence[ResourceEntry], depth: int) -> Branch:
        first = group[0]
        if len(group) == 1:
            return self._of_one(first, depth)
        before = len(self.taken)
        below = [self._of_one(item, depth + 1) for item in group]
        inside = len(self.taken) - before
        found = [finding for item in group for finding in self._all_findings(item)]
        return Branch(
            name=f"{len(group):,} {_TIMES} {short(first.type)}",
            type=f"with {inside:,} resources" if inside else "",
            place=None,
            mark=_mark(found),
            is_component=not first.custom,
            has_findings=bool(found),
            is_open=False,
            below=below,
        )

    def _of_one(self, item: ResourceEntry, depth: int) -> Branch:
        below: Sequence[Branch]
        if depth < _DEEPEST:
            below = self._branches(self.children.get(item.urn, ()), depth + 1)
        else:
            below = [self._line(inner, (), depth) for inner in self._all_below(item)]
        return self._line(item, below, depth)

    def _line(self, item: ResourceEntry, below: Sequence[Branch], depth: int) -> Branch:
        mark = _mark(self.findings.get(item.urn, ()))
        has_inside = any(branch.has_findings for branch in below)
        return Branch(
            name=item.name,
            type=short(item.type),
            place=item.position,
            mark=mark,
            is_component=not item.custom,
            has_findings=has_inside or mark is not None,
            is_open=has_inside or depth == 1,
            below=below,
        )

    def _all_below(self, item: ResourceEntry) -> Iterator[ResourceEntry]:
        pending = list(self.children.get(item.urn, ()))
        while pending:
            inner = pending.pop(0)
            if inner.urn not in self.taken:
                self.taken.add(inner.urn)
                yield inner
                pending += self.children.get(inner.urn, ())

    def _all_findings(self, item: ResourceEntry) -> Iterator[FindingEntry]:
        pending, seen = [item.urn], {item.urn}
        while pending:
            urn = pending.pop()
            yield from self.findings.get(urn, ())
            inner = [child.urn for child in self.children.get(urn, ()) if child.urn not in seen]
            seen.update(inner)
            pending += inner


def _mark(findings: Iterable[FindingEntry]) -> Mark | None:
    """The worst that nobody answers for, and how much there is; `None` where there is nothing."""
    every = list(findings)
    left = [item for item in every if item.waiver is None]
    if left:
        worst = max((item.severity for item in left), key=lambda severity: severity.rank)
        is_undecided = all(item.is_undecided for item in left)
        is_blocking = any(item.is_blocking for item in left)
        sign = "?" if is_undecided else "▲" if is_blocking else "△"
        more = f" ({len(left):,} findings)" if len(left) > 1 else ""
        return Mark(f"{sign} {worst}{more}", worst)
    more = f" {_TIMES} {len(every):,}" if len(every) > 1 else ""
    return Mark(f"waived{more}", None) if every else None


def short(token: str) -> str:
    """A type as people speak of it: `compute/instance`, `aws:s3/bucket`, `apex:compute:Api`."""
    package, _, rest = token.partition(":")
    module, _, _ = rest.partition(":")
    if "/" not in module:
        return token
    return module if package == "gcp" else f"{package}:{module}"
