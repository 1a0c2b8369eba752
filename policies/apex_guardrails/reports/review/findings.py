"""Findings by severity, rule and resource, how many there are, and who answers for some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from apex_guardrails.judgement.entries import FindingEntry, RuleEntry, WaiverEntry
from apex_guardrails.model import EnforcementLevel, Severity, name_of, type_of

STATES: Final = ("mandatory", "advisory", "waived", "recorded")


def state(item: FindingEntry) -> str:
    """What a finding does to the deployment, in a word: that of the filters and the styles."""
    if item.level is EnforcementLevel.MANDATORY:
        return "mandatory"
    if item.waiver is not None:
        return "waived"
    return "advisory" if item.known_since is None else "recorded"


@dataclass(frozen=True)
class Line:
    """How many findings of a severity do what; one without a severity is of all."""

    severity: str
    counts: Sequence[int]
    undecided: int

    @property
    def total(self) -> int:
        """All of them, whatever they do."""
        return sum(self.counts)


def matrix(findings: Sequence[FindingEntry]) -> Iterator[Line]:
    """The counts by severity, the worst first, and then those of all."""
    counts = Counter((item.severity, state(item)) for item in findings)
    undecided = Counter(item.severity for item in findings if item.is_undecided)
    worst_first = sorted(Severity, key=lambda severity: -severity.rank)
    for severity in worst_first:
        yield Line(severity, [counts[severity, name] for name in STATES], undecided[severity])
    totals = [sum(counts[severity, name] for severity in Severity) for name in STATES]
    yield Line("", totals, undecided.total())


class Row(NamedTuple):
    """A finding, with what the template would compute ten thousand times."""

    state: str
    item: FindingEntry
    name: str
    type: str


@dataclass(frozen=True)
class Group:
    """A rule's findings: what it says of itself once, and then each resource.

    Attributes:
        about: one of the findings, for what is the same in all of them.
        rule: the rule; `None` where another tool looked.
        rows: the findings, those that stop the deployment first.
    """

    about: FindingEntry
    rule: RuleEntry | None
    service: str
    controls: Mapping[str, list[str]]
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """The findings of one severity, those first that stop the deployment."""

    severity: Severity
    groups: Sequence[Group]

    @property
    def total(self) -> int:
        """How many findings there are."""
        return sum(len(group.rows) for group in self.groups)


def sections(findings: Iterable[FindingEntry], rules: Mapping[str, RuleEntry]) -> Iterator[Section]:
    """The findings by severity, the worst first, and by rule."""
    found: dict[Severity, dict[tuple[object, ...], Group]] = {}
    for item in findings:
        groups = found.setdefault(item.severity, {})
        # Of the same rule, and with the same words: a saved document may hold anything.
        key = (item.rule, item.title, item.fix, item.controls)
        if (group := groups.get(key)) is None:
            about = (item, rules.get(item.rule), service(item, rules))
            group = groups[key] = Group(*about, _by_framework(item.controls))
        name = name_of(item.urn)
        group.rows.append(Row(state(item), item, name, type_of(item.urn)))
    for severity in sorted(found, key=lambda severity: -severity.rank):
        groups = found[severity]
        for group in groups.values():
            group.rows.sort(key=lambda row: STATES.index(row.state))
        worst = sorted(groups.values(), key=lambda group: STATES.index(group.rows[0].state))
        yield Section(severity, worst)


def service(item: FindingEntry, rules: Mapping[str, RuleEntry]) -> str:
    """The service that a finding is about, such as `sql`; `other` where no rule says."""
    rule = rules.get(item.rule)
    return rule.service if rule else "other"


def _by_framework(controls: Iterable[str]) -> dict[str, list[str]]:
    """The numbers of controls by what stands before them, such as `cis-gcp-4.0`."""
    found: dict[str, list[str]] = {}
    for control in controls:
        framework, _, number = control.partition(":")
        found.setdefault(framework, []).append(number)
    return found


@dataclass(frozen=True)
class WaivedFindings:
    """A waiver with what it answers for: a rule's findings, by the rule's id."""

    number: int
    waiver: WaiverEntry
    findings: Mapping[str, Sequence[FindingEntry]]


def waivers(findings: Iterable[FindingEntry]) -> dict[WaiverEntry, WaivedFindings]:
    """The waivers, what ends first first."""
    found: dict[WaiverEntry, dict[str, list[FindingEntry]]] = {}
    for item in findings:
        if item.waiver is not None:
            found.setdefault(item.waiver, {}).setdefault(item.rule, []).append(item)
    in_order = sorted(found, key=lambda waiver: waiver.expires)
    return {
        waiver: WaivedFindings(number, waiver, found[waiver])
        for number, waiver in enumerate(in_order, 1)
    }
