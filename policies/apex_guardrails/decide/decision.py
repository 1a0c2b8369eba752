"""What rules say of a stack."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apex_guardrails.model import EnforcedRule, EnforcementLevel, Finding, NoParameters, Stack
from apex_guardrails.model.policy import Check, Search
from apex_guardrails.model.reach import Reach


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that raised: a defect of the pack, and never a pass."""

    rule_id: str
    urn: str
    error: str


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Rules that apply to the same resources of a type, or to the same stacks.

    Attributes:
        when: to which.
        found_by: the search that they share; where it finds nothing, all of them pass.
        ids: those of the rules.
        checks: what each rule asks, with the parameters that it has.
    """

    when: Callable[[Any], bool]
    found_by: Search | None
    rules: Sequence[EnforcedRule]
    ids: tuple[str, ...]
    checks: Sequence[Check]

    @classmethod
    def of(cls, rules: Sequence[EnforcedRule]) -> Family:
        """Of rules that share their `when` and their search."""
        ids = tuple(enforced.rule.id for enforced in rules)
        first = rules[0].rule
        return cls(first.when, first.found_by, rules, ids, tuple(map(_check, rules)))


def _check(enforced: EnforcedRule) -> Check:
    check, parameters = enforced.rule.check, enforced.parameters
    if enforced.rule.parameters is NoParameters:
        return check
    return lambda subject: check(subject, parameters)


@dataclass
class Decision:
    """What all rules said about a stack.

    Attributes:
        findings: what does not pass, in no order.
        errors: rules that raised.
        skipped: how often the rules of a family did not apply.
        unsaid: URNs of what a rule, by its id, did not decide on and has no finding about: settings
            silence it, or it was not asked yet. A rule passes on what is left.
        ignored: URNs of resources of which a rule did not decide, as the deployment ignores changes
            of what it reads.
    """

    findings: list[Finding] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)
    skipped: Counter[Family] = field(default_factory=Counter)
    unsaid: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ignored: set[str] = field(default_factory=set)

    def not_applicable(self, rule_id: str) -> int:
        """To how many resources of its types a rule does not apply; 1 for a stack."""
        return sum(count for family, count in self.skipped.items() if rule_id in family.ids)

    def reach(self, stack: Stack, rules: Iterable[EnforcedRule]) -> Reach:
        """How much of a stack was evaluated.

        Args:
            stack: what the rules were asked about.
            rules: all there are, those that are off, too.
        """
        rules = list(rules)
        return Reach.of(
            stack,
            (item.rule for item in rules if item.level is not EnforcementLevel.DISABLED),
            self.ignored,
            off=(item.rule for item in rules if item.level is EnforcementLevel.DISABLED),
        )
