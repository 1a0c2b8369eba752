"""A page for each rule, made from the rule's own file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from apex_guardrails.controls import controls, coverage, frameworks, not_run
from apex_guardrails.judgement.fixes import fix_in
from apex_guardrails.model import Rule, is_labelable
from apex_guardrails.scaffold.examples import examples
from apex_guardrails.scaffold.programs import LANGUAGES
from apex_guardrails.scaffold.templates import render

_MOST_TYPES: Final = 60
"""Of a rule's types, as many as a page lists; more are versions of the same few."""


def rule_pages(rules: Sequence[Rule]) -> dict[str, str]:
    """The pages by file name: `index.md`, `controls.md`, and one for each rule."""
    pages = {f"{rule.id}.md": render("pages/rule.md.j2", **_about(rule)) for rule in rules}
    services: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.service, rule.id)):
        services.setdefault(rule.service, []).append(rule)
    return {
        "index.md": render("pages/index.md.j2", services=services, count=len(rules)),
        "controls.md": render(
            "pages/controls.md.j2", covered=coverage(frameworks().values(), not_run(rules))
        ),
        **pages,
    }


def _about(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule,
        "fixes": _fixes(rule),
        "types": _types(rule),
        "controls": [_control(control) for control in rule.controls],
        "parameters": [
            (name, info.description, info.get_default(call_default_factory=True))
            for name, info in rule.parameters.model_fields.items()
        ],
        "examples": examples(rule),
        "languages": LANGUAGES,
    }


def _fixes(rule: Rule) -> dict[str, list[str]]:
    """The languages in which the fix reads otherwise, by what it is there."""
    fixes: dict[str, list[str]] = {}
    for language in LANGUAGES.values():
        fixes.setdefault(fix_in(language.ending, rule.fix), []).append(language.name)
    fixes.pop(rule.fix, None)
    return fixes


def _control(control: str) -> str:
    """A control with its title; another tool's check has none."""
    known = controls().get(control)
    return f"{control} {known.title}" if known else control


def _types(rule: Rule) -> list[str]:
    if callable(rule.on):
        if rule.on is is_labelable:
            return ["every type with labels"]
        return [(rule.on.__doc__ or "many types").splitlines()[0].removeprefix("Whether the type ")]
    if isinstance(rule.on, str):
        return ["every type"] if rule.on == "*" else [f"`{rule.on}`"]
    shown = [f"`{token}`" for token in rule.on[:_MOST_TYPES]]
    left = len(rule.on) - len(shown)
    return [*shown, f"and {left} more"] if left else shown
