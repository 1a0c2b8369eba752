"""Which controls a rule is evidence for: its file names some, frameworks the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from apex_guardrails.controls.framework import FOLDER, controls
from apex_guardrails.model import Rule
from apex_guardrails.support.errors import PackError
from apex_guardrails.support.mistakes import nearest


def with_controls(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules, each with everything that it is evidence for.

    First the frameworks' controls, in their order: those that the rule's file names, the same ones
    in later versions, and those whose framework names the rule. Then what else the file names: the
    same check in other tools.
    """
    known, evidence = controls(), _evidence()
    for rule in rules:
        found = {place for key in (rule.id, *rule.controls) for place in evidence.get(key, ())}
        others = (name for name in rule.controls if name not in known)
        joined = (*(name for _, name in sorted(found)), *others)
        yield rule if joined == rule.controls else replace(rule, controls=joined)


@cache
def _evidence() -> Mapping[str, Sequence[tuple[int, str]]]:
    """The controls with their places, by what names them: a rule's id, or a control's own."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, control in enumerate(controls().values()):
        for key in (control.id, *control.earlier, *control.rules):
            found[key].append((place, control.id))
    return found


def check_frameworks(rules: Iterable[Rule]) -> None:
    """Looks up every rule that a framework names.

    Raises:
        PackError: there is no such rule.
    """
    known = {rule.id for rule in rules}
    unknown = [
        f"{FOLDER / control.framework}.yaml: rules.{control.number}: "
        f"there is no rule {name}{nearest(name, known)}"
        for control in controls().values()
        if not control.earlier
        for name in control.rules
        if name not in known
    ]
    if unknown:
        raise PackError("\n".join(unknown))
