"""What the rules say, and the controls that they are evidence for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apex_guardrails.controls import Result
from apex_guardrails.judgement.entries import ControlEntry, FrameworkEntry, RuleEntry

_RESULTS: Final = {
    Result.RULE_FAILED: "The rule itself raised an error: a defect of the pack.",
    Result.FAILS: "At least one resource does not meet it.",
    Result.UNDECIDED: "It needs a value that is not known before deployment.",
    Result.WAIVED: "Somebody answers for what does not meet it.",
    Result.PASSES: "Every resource that it is about meets it.",
    Result.NOT_APPLICABLE: "No resource in this stack is covered by the rule. That is no pass.",
    Result.DISABLED: "It is off, by default or by settings: nothing is known of what it looks for.",
    Result.NOT_RUN: "It was not evaluated.",
}
"""What a rule's result means."""


def by_result(rules: Iterable[RuleEntry]) -> Iterator[tuple[Result, str, list[RuleEntry]]]:
    """The rules by what they say, what matters most first, with what that means."""
    found: dict[Result, list[RuleEntry]] = {}
    for rule in rules:
        found.setdefault(rule.result, []).append(rule)
    for result in Result:
        if result in found:
            in_order = sorted(found[result], key=lambda rule: (rule.service, rule.id))
            yield result, _RESULTS.get(result, ""), in_order


@dataclass(frozen=True)
class Framework:
    """A framework's controls by what is known of them.

    Attributes:
        evaluated: those that rules are evidence for, with the rules by what they say.
        no_rule: those that a rule could look at, and none does.
        unseen: those that no rule can see in a program, by the reason.
    """

    about: FrameworkEntry
    evaluated: Sequence[tuple[ControlEntry, Mapping[Result, Sequence[str]]]]
    no_rule: Sequence[ControlEntry]
    unseen: Mapping[str, Sequence[ControlEntry]]

    @classmethod
    def of(cls, about: FrameworkEntry, said: Mapping[str, Result]) -> Framework:
        """A framework, with what each rule says."""
        evaluated, no_rule = [], []
        unseen: dict[str, list[ControlEntry]] = {}
        for control in about.controls:
            if control.rules:
                evaluated.append((control, _by_what_they_say(control.rules, said)))
            elif control.unseen:
                unseen.setdefault(control.unseen, []).append(control)
            else:
                no_rule.append(control)
        return cls(about, evaluated, no_rule, unseen)

    @property
    def without_rule(self) -> int:
        """How many have no rule that is evidence for them."""
        return len(self.about.controls) - len(self.evaluated)


def _by_what_they_say(
    rules: Iterable[str], said: Mapping[str, Result]
) -> dict[Result, Sequence[str]]:
    """The ids of rules by result, what matters most first."""
    found: dict[Result, list[str]] = {}
    for rule in rules:
        found.setdefault(said.get(rule, Result.NOT_RUN), []).append(rule)
    return {result: found[result] for result in Result if result in found}
