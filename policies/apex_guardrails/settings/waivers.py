"""Applies waivers to findings, and knows which of them did nothing, or too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from apex_guardrails.model import EnforcementLevel, Finding, Waiver
from apex_guardrails.settings.signatures import is_of_a_type_alone, letters_named

MOST_RESOURCES: Final = 20
"""That one waiver covers without a word about it."""

MOST_RULES: Final = 5
"""That are waived for the same resources without one."""

FEW_LETTERS: Final = 3
"""Of a name: a pattern with fewer is likely to fit more than is meant."""


class Waivers:
    """The waivers that count on one stack on one day."""

    def __init__(
        self,
        waivers: Iterable[Waiver],
        today: date,
        counts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Takes what counts in a run.

        Args:
            waivers: all of the stack.
            today: the day.
            counts: whether a rule, by its id, is asked in this run.
        """
        self._waivers = list(waivers)
        self._today = today
        self._counts = counts
        self._used: set[Waiver] = set()
        self._covered: defaultdict[Waiver, set[str]] = defaultdict(set)

    def apply(self, finding: Finding) -> Finding:
        """The finding as advice that names its waiver, where one covers it and still counts.

        One that has expired leaves the finding as grave as it is, and the message says so.
        """
        covering = [item for item in self._waivers if item.covers(finding.rule.id, finding.urn)]
        self._used.update(covering)
        valid = next((item for item in covering if not item.is_expired(self._today)), None)
        if valid is not None:
            self._covered[valid].add(finding.urn)
            return replace(
                finding,
                level=finding.level.at_most(EnforcementLevel.ADVISORY),
                waiver=valid,
            )
        if covering:
            last = max(covering, key=lambda item: item.expires)
            return replace(
                finding,
                message=f"{finding.message}; "
                f"the waiver of {last.owner} expired on {last.expires.isoformat()}",
            )
        return finding

    def are_about(self, rule_id: str, urn: str) -> bool:
        """Whether one covers a rule's finding on a resource, or did until it expired."""
        return any(item.covers(rule_id, urn) for item in self._waivers)

    def unused(self) -> list[Waiver]:
        """Those that covered nothing so far, of the rules that were asked."""
        return [
            item for item in self._waivers if item not in self._used and self._counts(item.policy)
        ]

    def warnings(self) -> list[str]:
        """What to tell whoever keeps the waivers, once a whole stack was judged."""
        return [
            *(
                f"the waiver for {item} (owner {item.owner}) covers nothing here: remove it, or "
                "move it to the stack that needs it"
                for item in self.unused()
            ),
            *(
                f"the waiver for {item} (owner {item.owner}) covers {len(urns):,} resources: "
                "name the ones that are meant"
                for item, urns in self._covered.items()
                if len(urns) > MOST_RESOURCES
            ),
        ]


def find_wide(waivers: Iterable[Waiver]) -> Iterator[str]:
    """What to tell whoever reviews the waivers of one scope: those that may cover too much."""
    rules: defaultdict[str, set[str]] = defaultdict(set)
    for waiver in waivers:
        rules[waiver.resource].add(waiver.policy)
        letters = letters_named(waiver.resource)
        if is_of_a_type_alone(waiver.resource):
            yield f"{waiver}: is wide: it names a type, not a resource ({waiver.owner})"
        elif letters is not None and letters < FEW_LETTERS:
            yield f"{waiver}: is wide: it gives only {letters} letters of a name ({waiver.owner})"
    for resource, policies in rules.items():
        if len(policies) > MOST_RULES:
            yield f"{resource}: is waived from {len(policies):,} rules"
