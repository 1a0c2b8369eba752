"""What a rule says about a resource, as settings weigh it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from apex_guardrails.model.grades import EnforcementLevel, Outcome
from apex_guardrails.model.policy import Rule
from apex_guardrails.model.violation import Replacement, SourcePosition
from apex_guardrails.model.waiting import Waiting
from apex_guardrails.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not pass on a resource.

    Attributes:
        level: what the finding does to the deployment: settings decide it, and for an undecided
            rule it is the level that settings give to "not known yet".
        path: the property at fault; "" where no single one is.
        position: where the program registers the resource, if the source knows.
        property_position: where it sets the property, if that is clear.
        waiver: what makes it advice although the rule's level is higher.
        also: other tools' checks that find the same, such as `checkov:CKV_GCP_60`.
        known_since: the day on which a baseline recorded it; what makes it advice, too.
        waiting: what an undecided one waits for.
        replacements: what to write in the program so that it is mended, where that is certain.
    """

    rule: Rule
    outcome: Outcome
    level: EnforcementLevel
    urn: str
    path: str
    message: str
    position: SourcePosition | None = None
    property_position: SourcePosition | None = None
    waiver: Waiver | None = None
    also: tuple[str, ...] = ()
    known_since: date | None = None
    waiting: Waiting | None = None
    replacements: tuple[Replacement, ...] = ()

    @property
    def fix(self) -> str:
        """What to do: how a violation is mended, or how an undecided rule can decide."""
        return self.rule.fix if self.waiting is None else self.waiting.next_step

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same finding wherever the resources came from."""
        return (self.rule.id, self.urn, self.outcome.value, self.path)

    def gravity(self) -> tuple[object, ...]:
        """What findings are sorted by: the worst first, then by place."""
        return (
            self.level is not EnforcementLevel.MANDATORY,
            -self.rule.severity.rank,
            self.urn,
            self.rule.id,
            self.path,
            self.message,
        )


class Identity(NamedTuple):
    """What makes a finding the same in another run; lines and words may change.

    Attributes:
        occurrence: which one it is of those that are the same in all else, counted from 1.
    """

    rule: str
    urn: str
    outcome: str
    path: str
    occurrence: int

    @property
    def fingerprint(self) -> str:
        """The identity as 32 hexadecimal digits."""
        text = "\0".join((*self[:-1], str(self.occurrence)))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def identities(findings: Iterable[Finding], shown: Callable[[str], str]) -> list[Identity]:
    """Who each finding is, in the order given, whatever order that is.

    Args:
        findings: all of a stack, or all that some rules say of one resource.
        shown: makes a text fit to be shown, free of secrets.
    """
    findings = list(findings)
    found: dict[int, Identity] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for number, finding in sorted(enumerate(findings), key=lambda item: item[1].message):
        rule, urn, outcome, path = key = tuple(map(shown, finding.key))
        seen[key] += 1
        found[number] = Identity(rule, urn, outcome, path, seen[key])
    return [found[number] for number in range(len(findings))]
