"""All that is not as the pack has it, in the order in which a reader should see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from apex_guardrails.model import EnforcedRule, Severity
from apex_guardrails.model.phrases import counted, listed
from apex_guardrails.settings.changes import (
    Direction,
    Kind,
    SettingChange,
    in_order,
    of_profiles,
    of_rules,
    of_run,
    of_the_rest,
)
from apex_guardrails.settings.cost_changes import of_checkov, of_cost
from apex_guardrails.settings.policy_pack import PolicyPackSettings, checkov_for, cost_for
from apex_guardrails.settings.selection import EVERYTHING, Selection

MOST_NAMED: Final = 3
"""Rules or settings that a short line names."""

MOST_LINES: Final = 4
"""Lines for what has no common line."""


def changes(
    settings: PolicyPackSettings,
    stack: str,
    rules: Sequence[EnforcedRule],
    *,
    selection: Selection = EVERYTHING,
    recorded: int = 0,
) -> list[SettingChange]:
    """What is not as the pack has it, what lets more pass first.

    Args:
        settings: those that count.
        stack: the stack's name.
        rules: as settings have them in force on it.
        selection: what the options of the run say.
        recorded: findings that the baseline knows of.
    """
    return in_order(
        [
            *of_profiles(settings, stack),
            *of_rules(rules),
            *of_run(rules, selection),
            *of_cost(cost_for(settings, stack)),
            *of_checkov(checkov_for(settings, stack)),
            *of_the_rest(settings, recorded),
        ]
    )


def headlines(changed: Iterable[SettingChange], most: int = 0) -> Iterator[str]:
    """What lets more pass of rules, counted: a sentence for each way.

    Args:
        changed: all changes, in order.
        most: how many rules a sentence names.
    """
    looser = [item for item in changed if item.direction is Direction.LOOSER]
    for kind, by in ((Kind.RULE, "by settings"), (Kind.RUN, "by this run's options")):
        of_kind = [item for item in looser if item.kind is kind and item.severity is not None]
        off = [item for item in of_kind if item.is_off]
        yield from _counted(off, f"off {by}", most)
        yield from _counted(
            [item for item in of_kind if not item.is_off], f"lowered to advice {by}", most
        )
    undecided = [item for item in looser if item.kind is Kind.UNDECIDED]
    yield from _counted(undecided, "milder by settings where they cannot decide", most)


def _counted(items: Sequence[SettingChange], what: str, most: int) -> Iterator[str]:
    if not items:
        return
    count = len(items)
    critical = sum(item.severity is Severity.CRITICAL for item in items)
    verb = "rule is" if count == 1 else "rules are"
    names = listed([item.setting.removesuffix(".undecided") for item in items], most)
    yield (f"{count:,} {verb} {what}, {critical:,} of them critical{f': {names}' if most else ''}")


def fold(changed: Sequence[SettingChange]) -> Iterator[str]:
    """All changes in a few lines for a terminal; what lets more pass is named, the rest counted."""
    yield from headlines(changed, MOST_NAMED)
    by_direction = Counter(item.direction for item in changed)
    looser = [item for item in changed if item.direction is Direction.LOOSER]
    assumed = [item for item in looser if item.kind is Kind.COST]
    if assumed:
        assumptions = counted(len(assumed), "assumption")
        yield f"{assumptions} about cost lower than the default: {_briefly(assumed)}"
    alone = [
        item
        for item in looser
        if item.kind not in {Kind.COST, Kind.UNDECIDED}
        and not (item.kind in {Kind.RULE, Kind.RUN} and item.severity)
    ]
    for item in alone[:MOST_LINES]:
        yield f"looser than the default: {item.brief()}"
    if len(alone) > MOST_LINES:
        yield f"looser than the default: {len(alone) - MOST_LINES:,} more"
    other = [item for item in changed if item.direction is Direction.CHANGED]
    if other:
        yield f"changed: {_briefly(other)}"
    tighter = by_direction[Direction.TIGHTER]
    if tighter:
        yield f"{tighter:,} setting{' is' if tighter == 1 else 's are'} tighter than the default"


def _briefly(items: Sequence[SettingChange]) -> str:
    return listed([item.brief() for item in items], MOST_NAMED, separator="; ")
