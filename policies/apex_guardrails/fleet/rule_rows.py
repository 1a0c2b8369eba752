"""Rules and frameworks as rows: their texts stand in a folder of tables once a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeAlias
from urllib.parse import quote

from apex_guardrails.controls import frameworks
from apex_guardrails.model import Rule

RuleRow: TypeAlias = tuple[Any, ...]
"""A row of the table of rules, without its date."""


def rule_rows(rules: Iterable[Rule], pages: str | None, *, are_own: bool) -> Iterator[RuleRow]:
    """A row for each rule.

    Args:
        rules: which.
        pages: the address of their pages, with `{rule}` for the id; `None` where there is none.
        are_own: whether they are a team's own.
    """
    for rule in rules:
        page = pages.replace("{rule}", quote(rule.id)) if pages and not are_own else ""
        yield (
            *(rule.id, rule.title, rule.why, rule.fix, rule.service, rule.severity.value),
            *(rule.scope, " ".join(rule.controls), page, are_own),
        )


def framework_rows(day: date, rules: Iterable[Rule]) -> Iterator[tuple[Any, ...]]:
    """A row for each control of each framework, with the rules that are evidence for it."""
    evidence: dict[str, list[str]] = {}
    for rule in rules:
        for control in rule.controls:
            evidence.setdefault(control, []).append(rule.id)
    for framework in frameworks().values():
        about = (framework.id, framework.name, framework.version, framework.source)
        for place, item in enumerate(framework.controls):
            ids = " ".join(evidence.get(item.id, ()))
            yield (day, *about, item.number, item.title, item.unseen, ids, place)
