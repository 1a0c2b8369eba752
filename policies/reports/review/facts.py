"""What the page says, in the order in which it says it; how that looks is the templates' matter."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from typing import Any, Final, NamedTuple

from policies.controls import Result
from policies.cost.document import CostDocument, Figures, FixedEntry
from policies.cost.document import ResourceEntry as PricedEntry
from policies.model import EnforcementLevel, Severity, type_of
from policies.reports.document import (
    ControlEntry,
    Document,
    FindingEntry,
    FrameworkEntry,
    ResourceEntry,
    RuleEntry,
    Source,
    Verdict,
    WaiverEntry,
)
from policies.reports.report import resource_label

_SENTENCES: Final = {
    Verdict.ALLOWED: "may be deployed",
    Verdict.REFUSED: "may not be deployed",
    Verdict.OVER_BUDGET: "costs more than it may",
    Verdict.INCOMPLETE: "was not judged completely",
    Verdict.PACK_FAILED: "was not judged: a rule failed",
}

_OF_A_STATE: Final = {Verdict.ALLOWED: "is in order", Verdict.REFUSED: "is not in order"}
"""What is deployed already can no longer be stopped."""

_SOURCES: Final = {
    Source.OFFLINE: "the program, run offline",
    Source.ENGINE: "the Pulumi engine",
    Source.STATE: "the stack's state",
}

_RESULTS: Final = {
    Result.RULE_FAILED: "The rule itself raised an error: a defect of the pack.",
    Result.FAILS: "At least one resource does not meet it.",
    Result.UNDECIDED: "It needs a value that is not known before deployment.",
    Result.WAIVED: "Somebody answers for what does not meet it.",
    Result.PASSES: "Every resource that it is about meets it.",
    Result.NOT_APPLICABLE: "Nothing in the stack is what it is about. That is no pass.",
    Result.DISABLED: "The settings turn it off: nothing is known of what it looks for.",
    Result.NOT_RUN: "It was not asked.",
}
"""What a rule's result means."""


def about(document: Document) -> dict[str, Any]:
    """Everything that the templates read beside the document."""
    rules = {rule.id: rule for rule in document.rules}
    said = {rule.id: rule.result for rule in document.rules}
    results = Counter(said.values())
    changes = sorted(document.cost_changes(), key=lambda item: -abs(item.added))
    return {
        "contents": list(_contents(document)),
        "verdict": (verdict := _verdict(document)),
        "summary": _rest(document.summary, f"{document.stack} {verdict}"),
        "source": _SOURCES[document.source],
        "is_compared": any(item.is_new is not None for item in document.findings),
        "matrix": list(_matrix(document.findings)),
        "sections": list(_sections(document.findings, rules)),
        "services": sorted({_service(item, rules) for item in document.findings}),
        "waivers": _waivers(document.waived),
        "rules": list(_by_result(document.rules)),
        "rule_results": results,
        "rule_counts": [(result, results[result]) for result in Result if results[result]],
        "anchors": {rule.id: f"rule-{number}" for number, rule in enumerate(document.rules, 1)},
        "frameworks": (covered := [_Framework.of(item, said) for item in document.frameworks]),
        "unseen": sum(item.without_rule for item in covered),
        "deployed": sum(item.is_deployed for item in document.resources),
        "parents": list(_by_parent(document.resources)),
        "found": Counter(item.urn for item in document.findings),
        "cost": _Cost.of(document.cost) if document.cost else None,
        "changes": changes,
        "added": sum((item.added for item in changes), Decimal(0)),
        "digest": hashlib.sha256(
            "".join(f"{item.fingerprint}\n" for item in document.findings).encode()
        ).hexdigest(),
    }


def _contents(document: Document) -> Iterator[tuple[str, str]]:
    """The sections by the ids that links lead to."""
    yield from {
        "findings": "Findings",
        "waivers": "Waivers",
        "silence": "What was not judged",
        "controls": "Controls",
    }.items()
    if document.network is not None:
        yield "network", "Network"
    yield from {
        "resources": "Resources",
        "cost": "Cost",
        "rules": "Rules",
        "evidence": "Evidence",
    }.items()


def _verdict(document: Document) -> str:
    sentences = _SENTENCES | (_OF_A_STATE if document.source is Source.STATE else {})
    return sentences[document.verdict]


def _rest(summary: str, verdict: str) -> str:
    """The summary without the verdict that stands above it."""
    rest = summary.removeprefix(verdict).removeprefix(": ").removeprefix(" ")
    return rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest


def state(item: FindingEntry) -> str:
    """What a finding does to the deployment, in a word: that of the filters and the styles."""
    if item.level is EnforcementLevel.MANDATORY:
        return "mandatory"
    return "waived" if item.waiver is not None else "advisory"


STATES: Final = ("mandatory", "advisory", "waived")


@dataclass(frozen=True)
class _Line:
    """How many findings of a severity do what; one without a severity is of all."""

    severity: str
    counts: Sequence[int]
    undecided: int

    @property
    def total(self) -> int:
        return sum(self.counts)


def _matrix(findings: Sequence[FindingEntry]) -> Iterator[_Line]:
    counts = Counter((item.severity, state(item)) for item in findings)
    undecided = Counter(item.severity for item in findings if item.is_undecided)
    worst_first = sorted(Severity, key=lambda severity: -severity.rank)
    for severity in worst_first:
        yield _Line(severity, [counts[severity, name] for name in STATES], undecided[severity])
    totals = [sum(counts[severity, name] for severity in Severity) for name in STATES]
    yield _Line("", totals, undecided.total())


class _Row(NamedTuple):
    """A finding, with what the template would compute ten thousand times."""

    state: str
    item: FindingEntry
    name: str
    type: str


@dataclass(frozen=True)
class _Group:
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
    rows: list[_Row] = field(default_factory=list)


@dataclass(frozen=True)
class _Section:
    severity: Severity
    groups: Sequence[_Group]

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def _sections(
    findings: Iterable[FindingEntry], rules: Mapping[str, RuleEntry]
) -> Iterator[_Section]:
    found: dict[Severity, dict[tuple[object, ...], _Group]] = {}
    for item in findings:
        groups = found.setdefault(item.severity, {})
        # Of the same rule, and with the same words: a saved document may hold anything.
        key = (item.rule, item.title, item.fix, item.controls)
        if (group := groups.get(key)) is None:
            service = _service(item, rules)
            group = _Group(item, rules.get(item.rule), service, _by_framework(item.controls))
            groups[key] = group
        name = item.urn.rpartition("::")[2]
        group.rows.append(_Row(state(item), item, name, type_of(item.urn)))
    for severity in sorted(found, key=lambda severity: -severity.rank):
        groups = found[severity]
        for group in groups.values():
            group.rows.sort(key=lambda row: STATES.index(row.state))
        worst = sorted(groups.values(), key=lambda group: STATES.index(group.rows[0].state))
        yield _Section(severity, worst)


def _service(item: FindingEntry, rules: Mapping[str, RuleEntry]) -> str:
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
class _Waiver:
    """A waiver with what it answers for: a rule's findings, by the rule's id."""

    number: int
    waiver: WaiverEntry
    findings: Mapping[str, Sequence[FindingEntry]]


def _waivers(findings: Iterable[FindingEntry]) -> dict[WaiverEntry, _Waiver]:
    """The waivers, what ends first first."""
    found: dict[WaiverEntry, dict[str, list[FindingEntry]]] = {}
    for item in findings:
        if item.waiver is not None:
            found.setdefault(item.waiver, {}).setdefault(item.rule, []).append(item)
    in_order = sorted(found, key=lambda waiver: waiver.expires)
    return {
        waiver: _Waiver(number, waiver, found[waiver]) for number, waiver in enumerate(in_order, 1)
    }


def _by_result(rules: Iterable[RuleEntry]) -> Iterator[tuple[Result, str, list[RuleEntry]]]:
    """The rules by what they say, what matters most first, with what that means."""
    found: dict[Result, list[RuleEntry]] = {}
    for rule in rules:
        found.setdefault(rule.result, []).append(rule)
    for result in Result:
        if result in found:
            in_order = sorted(found[result], key=lambda rule: (rule.service, rule.id))
            yield result, _RESULTS.get(result, ""), in_order


@dataclass(frozen=True)
class _Framework:
    """A framework's controls by what is known of them.

    Attributes:
        judged: those that rules are evidence for, with the rules by what they say.
        no_rule: those that a rule could look at, and none does.
        unseen: those that no rule can see in a program, by the reason.
    """

    about: FrameworkEntry
    judged: Sequence[tuple[ControlEntry, Mapping[Result, Sequence[str]]]]
    no_rule: Sequence[ControlEntry]
    unseen: Mapping[str, Sequence[ControlEntry]]

    @classmethod
    def of(cls, about: FrameworkEntry, said: Mapping[str, Result]) -> _Framework:
        judged, no_rule = [], []
        unseen: dict[str, list[ControlEntry]] = {}
        for control in about.controls:
            if control.rules:
                judged.append((control, _by_what_they_say(control.rules, said)))
            elif control.unseen:
                unseen.setdefault(control.unseen, []).append(control)
            else:
                no_rule.append(control)
        return cls(about, judged, no_rule, unseen)

    @property
    def without_rule(self) -> int:
        return len(self.about.controls) - len(self.judged)


def _by_what_they_say(
    rules: Iterable[str], said: Mapping[str, Result]
) -> dict[Result, Sequence[str]]:
    """The ids of rules by result, what matters most first."""
    found: dict[Result, list[str]] = {}
    for rule in rules:
        found.setdefault(said.get(rule, Result.NOT_RUN), []).append(rule)
    return {result: found[result] for result in Result if result in found}


def _by_parent(
    resources: Iterable[ResourceEntry],
) -> Iterator[tuple[str, list[ResourceEntry]]]:
    """The resources by what they belong to."""
    found: dict[str, list[ResourceEntry]] = {}
    for item in resources:
        found.setdefault(item.parent, []).append(item)
    for parent in sorted(found):
        yield resource_label(parent) if parent else "in nothing", found[parent]


@dataclass(frozen=True)
class _Cost:
    """The estimate as tables.

    Attributes:
        components: what each component costs, the most expensive first; "" is none.
        resources: what has a price that is not zero, the most expensive first.
        unpriced: what is in no total.
        assumptions: of what ("" for all resources), what, and the figures or the value.
    """

    document: CostDocument
    components: Sequence[tuple[str, Sequence[Decimal]]]
    resources: Sequence[PricedEntry]
    unpriced: Sequence[PricedEntry]
    assumptions: Sequence[tuple[str, str, Sequence[str]]]

    @classmethod
    def of(cls, document: CostDocument) -> _Cost:
        components: dict[str, list[Decimal]] = {}
        for item in document.resources:
            sums = components.setdefault(item.component, [Decimal(0)] * 3)
            components[item.component] = [a + b for a, b in zip(sums, cases(item), strict=True)]
        return cls(
            document,
            sorted(components.items(), key=lambda entry: (-entry[1][1], entry[0])),
            sorted(
                (item for item in document.resources if any(cases(item))),
                key=lambda item: -item.monthly.expected,
            ),
            [item for item in document.resources if item.unpriced],
            list(_assumptions(document.assumptions)),
        )


def cases(item: PricedEntry | FixedEntry) -> tuple[Decimal, Decimal, Decimal]:
    """US dollars a month: low, expected, high."""
    return _figures(item.monthly)


def _figures(figures: Figures) -> tuple[Decimal, Decimal, Decimal]:
    return figures.low, figures.expected, figures.high


def _assumptions(
    assumed: Mapping[str, Any], of: str = ""
) -> Iterator[tuple[str, str, Sequence[str]]]:
    for name, value in assumed.items():
        if not isinstance(value, Mapping):
            yield of, name, [str(value)]
        elif value.keys() == {"low", "expected", "high"}:
            figures = [str(value[case]) for case in ("low", "expected", "high")]
            yield of, name, figures[:1] if len(set(figures)) == 1 else figures
        else:
            yield from _assumptions(value, "" if name == "resources" else name)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "many": lambda number: f"{number:,}",
    "money": lambda amount: f"{amount:,.2f}",
    "added": lambda amount: f"{amount:+,.2f}",
    "cases": _figures,
    "label": resource_label,
    "number": lambda control: control.id.partition(":")[2] or control.id,
    "slug": lambda result: result.replace(" ", "-"),
    "utc": lambda time: f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
}
