"""Which rules there are, and the proof that they work."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Final
from weakref import WeakSet

from apex_guardrails.controls import check_frameworks, with_controls
from apex_guardrails.model import Rule
from apex_guardrails.pack.installed import entry_points
from apex_guardrails.rules import all_rules, rules_in
from apex_guardrails.support.errors import PackError, UsageError
from apex_guardrails.support.garbage import keep_all, no_collections
from apex_guardrails.testing import CaseFailure, run_cases

RULE_PACKAGES: Final = "apex_guardrails.rules"
"""The group of entry points by which an installed distribution names its package of rules."""

FILL_IN: Final = "FILL IN"
"""What `apex new-rule` writes where its author has to say something."""

MOST_FAILURES: Final = 20
"""How many failing cases are named: where something general is broken, there are thousands."""


def known_rules() -> Sequence[Rule]:
    """Every rule: the pack's own, and those of rule packages installed beside it; sorted by id.

    Each with all the controls that it is evidence for: frameworks name rules, too.

    Raises:
        PackError: a rule package cannot be loaded, has no rules, or has one that is there already.
        UsageError: Python leaves out docstrings, in which the rules say what they are.
    """
    if sys.flags.optimize > 1:
        raise UsageError(
            "Python runs without docstrings (-OO, or PYTHONOPTIMIZE=2), which the rules need: "
            "run it without that option"
        )
    installed = _installed_rules()
    if not installed:
        return _with_controls(tuple(all_rules()))
    rules: dict[str, Rule] = {}
    for rule in (*all_rules(), *installed):
        first = rules.setdefault(rule.id, rule)
        if first is not rule:
            raise PackError(f"{rule.module}: the rule {rule.id} is already in {first.module}")
    return _with_controls(tuple(rules[rule_id] for rule_id in sorted(rules)))


@lru_cache(maxsize=1)
def _with_controls(rules: Sequence[Rule]) -> Sequence[Rule]:
    return tuple(with_controls(rules))


@cache
def _installed_rules() -> Sequence[Rule]:
    return [rule for point in entry_points(RULE_PACKAGES) for rule in _load(point)]


def _load(point: EntryPoint) -> Sequence[Rule]:
    name = f"{point.dist.name if point.dist else point.name} ({RULE_PACKAGES}: {point.value})"
    try:
        rules = rules_in(import_module(point.value))
    except Exception as error:  # noqa: BLE001 whatever its modules raise when they are imported
        raise PackError(
            f"{name}: its rules cannot be loaded: {type(error).__name__}: {error}"
        ) from None
    if not rules:
        raise PackError(f"{name}: has no rules; they belong in a folder for each service")
    return rules


def is_unfinished(rule: Rule) -> bool:
    """Whether its author still has to say something."""
    return FILL_IN in f"{rule.title}{rule.why}{rule.fix}"


def checked_rules() -> Sequence[Rule]:
    """Every known rule, of which each is written to its end; its cases are run by `prove`.

    Raises:
        PackError: a new rule is not written to its end, or a framework names a rule that is not
            there; such a pack must not judge anything.
    """
    # Nearly all that is loaded stays: to look for garbage is a tenth of the time of a start.
    with no_collections():
        rules = known_rules()
        _check(tuple(rules))
    return rules


def proven_rules() -> Sequence[Rule]:
    """Every known rule, after all cases have been run.

    Raises:
        PackError: as `checked_rules` and `prove` have it.
    """
    rules = checked_rules()
    prove(rules)
    return rules


@lru_cache(maxsize=1)
def _check(rules: Sequence[Rule]) -> None:
    unfinished = [rule.id for rule in rules if is_unfinished(rule)]
    if unfinished:
        raise PackError(
            f"{', '.join(unfinished)}: still says {FILL_IN}; write what is asked for there"
        )
    check_frameworks(rules)
    keep_all()


_PROVING: Final = threading.Lock()
_proven: Final[WeakSet[Rule]] = WeakSet()
"""Rules do not change while a process runs: what was proven stays so."""


def prove(rules: Iterable[Rule]) -> None:
    """Runs the cases of rules, unless they have been: before they judge anything.

    Raises:
        PackError: a case does not go as it says; such a pack must not judge anything.
    """
    # One thread does it, while others wait that judge stacks side by side.
    with _PROVING, no_collections():
        new = [rule for rule in rules if rule not in _proven]
        failures = list(run_cases(new))
        if failures:
            raise PackError("\n".join(_lines_of(failures)))
        _proven.update(new)


def take_for_proven(rules: Iterable[Rule]) -> None:
    """Takes in rules whose cases were run elsewhere, or that are of a kind without any."""
    with _PROVING:
        _proven.update(rules)


def _lines_of(failures: Sequence[CaseFailure]) -> Iterator[str]:
    yield "the pack fails its own cases, so it judges nothing:"
    for failure in failures[:MOST_FAILURES]:
        yield f"  {failure}"
    if len(failures) > MOST_FAILURES:
        yield f"  ... and {len(failures) - MOST_FAILURES:,} more"
    yield "fix the rules or their cases; `apex policies test` runs all cases again"
