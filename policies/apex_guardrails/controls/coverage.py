"""Rules and what they said in, the state of every control out. No file, no network, no clock.

A rule that passes is evidence for a control, and no proof: a control may ask for more than a
program shows, and for more than the pack's rules look at.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from apex_guardrails.controls.framework import Control, Framework
from apex_guardrails.decide import Decision
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    ResourceType,
    Rule,
    Stack,
)


class Result(enum.StrEnum):
    """What is known of a rule or a control, what matters most first."""

    RULE_FAILED = "rule failed"
    FAILS = "fails"
    UNDECIDED = "undecided"
    WAIVED = "waived"
    PASSES = "passes"
    NOT_APPLICABLE = "not applicable"
    DISABLED = "disabled"
    NOT_RUN = "not run"
    NO_RULE = "no rule yet"
    CANNOT_BE_SEEN = "cannot be seen"


@dataclass(frozen=True)
class RuleResult:
    """What one rule says of a whole program.

    Attributes:
        result: what matters most of it.
        counts: of how many resources it says what; a rule about the stack as a whole counts the
            resources at fault, and 1 where it passes.
    """

    rule: Rule
    result: Result
    counts: Counter[Result] = field(default_factory=Counter)


@dataclass(frozen=True)
class ControlCoverage:
    """A control, and what the rules say that are evidence for it.

    Attributes:
        result: the one of the rules' results that matters most.
    """

    control: Control
    result: Result
    rules: Sequence[RuleResult]


@dataclass(frozen=True)
class FrameworkCoverage:
    """A framework's controls, each with its result."""

    framework: Framework
    controls: Sequence[ControlCoverage]

    @property
    def counts(self) -> Counter[Result]:
        """How many controls have each result."""
        return Counter(item.result for item in self.controls)


def results(
    enforced: Iterable[EnforcedRule],
    stack: Stack,
    findings: Iterable[Finding],
    decision: Decision,
) -> list[RuleResult]:
    """What each rule says of a stack.

    Args:
        enforced: every rule of the pack as it is in force on the stack, disabled ones too.
        stack: what was evaluated.
        findings: what does not pass, with the waivers applied.
        decision: what was decided beside.
    """
    types = Counter(resource.type for resource in stack)
    tokens = Counter({kind.token: count for kind, count in types.items()})
    said: dict[str, dict[Result, set[str]]] = {}
    for finding in findings:
        said.setdefault(finding.rule.id, {}).setdefault(_of(finding), set()).add(finding.urn)
    for error in decision.errors:
        said.setdefault(error.rule_id, {}).setdefault(Result.RULE_FAILED, set()).add(error.urn)
    return [
        _result(item, _about(item.rule, types, tokens), said.get(item.rule.id, {}), decision)
        for item in enforced
    ]


def _about(rule: Rule, types: Mapping[ResourceType, int], tokens: Mapping[str, int]) -> int:
    """How many resources a rule is about; nearly all rules name their types."""
    if rule.types is None:
        return sum(count for kind, count in types.items() if rule.is_about(kind))
    return sum(tokens[token] for token in rule.types)


def not_run(rules: Iterable[Rule]) -> list[RuleResult]:
    """The rules without a program that they were asked about."""
    return [RuleResult(rule, Result.NOT_RUN) for rule in rules]


def coverage(
    frameworks: Iterable[Framework], rules: Iterable[RuleResult]
) -> list[FrameworkCoverage]:
    """The state of every control of some frameworks."""
    evidence: dict[str, list[RuleResult]] = {}
    for item in rules:
        for control in item.rule.controls:
            evidence.setdefault(control, []).append(item)
    return [
        FrameworkCoverage(
            framework,
            tuple(
                _covered(control, evidence.get(control.id, ())) for control in framework.controls
            ),
        )
        for framework in frameworks
    ]


def _covered(control: Control, rules: Sequence[RuleResult]) -> ControlCoverage:
    without = Result.CANNOT_BE_SEEN if control.unseen else Result.NO_RULE
    return ControlCoverage(control, _first({item.result for item in rules}, without), tuple(rules))


def _first(found: Container[Result], otherwise: Result) -> Result:
    """The result that matters most."""
    return next((result for result in Result if result in found), otherwise)


def _result(
    enforced: EnforcedRule,
    about: int,
    said: Mapping[Result, AbstractSet[str]],
    decision: Decision,
) -> RuleResult:
    """What a rule says, from the URNs that it says something of and what was decided."""
    rule = enforced.rule
    if enforced.level is EnforcementLevel.DISABLED:
        return RuleResult(rule, Result.DISABLED)
    if not said and not about:
        # A rule about the stack passes where there is nothing that it is about.
        return RuleResult(rule, Result.NOT_APPLICABLE)
    counts = Counter({result: len(urns) for result, urns in said.items()})
    spoken_of = set().union(*said.values())
    # Settings may silence what cannot be decided; it is no pass all the same.
    unsaid = decision.unsaid.get(rule.id, set()) - spoken_of
    counts[Result.UNDECIDED] += len(unsaid)
    evaluated = (about if rule.scope == "resource" else 1) - decision.not_applicable(rule.id)
    counts[Result.PASSES] = max(0, evaluated - len(spoken_of) - len(unsaid))
    # Without the zeros.
    counts = +counts
    return RuleResult(rule, _first(counts, Result.NOT_APPLICABLE), counts)


def _of(finding: Finding) -> Result:
    if finding.waiver is not None:
        return Result.WAIVED
    return Result.FAILS if finding.outcome is Outcome.FAILS else Result.UNDECIDED
