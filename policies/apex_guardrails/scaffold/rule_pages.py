"""A page for each rule, made from the rule's own file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.controls import controls, coverage, frameworks, not_run
from apex_guardrails.judgement.fixes import fix_in
from apex_guardrails.model import Outcome, Rule, Secret, is_labelable
from apex_guardrails.model.case import Case
from apex_guardrails.model.credentials import may_hold_token
from apex_guardrails.scaffold.programs import NoProgramError, python_program
from apex_guardrails.scaffold.templates import render

_LONGEST: Final = 1500
"""Characters of a program; a longer one explains nothing."""

_LANGUAGES: Final[Sequence[tuple[str, Callable[[Rule, Case], str]]]] = (("python", python_program),)
"""What a block of code is called in Markdown, and what writes the program of a case."""

_SPOKEN: Final[Sequence[tuple[str, str]]] = (("TypeScript", ".ts"), ("Go", ".go"))
"""Languages that a fix is said in, with what their files end with."""

_TITLES: Final = {Outcome.FAILS: "Fails", Outcome.PASSES: "Passes"}


@dataclass(frozen=True)
class Example:
    """A program on a rule's page.

    Attributes:
        title: what the rule says of it.
        conditions: what must be in the settings or the config; "" for nothing.
        programs: it in each language, behind the language's name.
    """

    title: str
    conditions: str
    programs: Sequence[tuple[str, str]]


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
        "fixes": [
            (language, said)
            for language, ending in _SPOKEN
            if (said := fix_in(ending, rule.fix)) != rule.fix
        ],
        "types": _types(rule),
        "controls": [_control(control) for control in rule.controls],
        "parameters": [
            (name, info.description, info.get_default(call_default_factory=True))
            for name, info in rule.parameters.model_fields.items()
        ],
        "examples": [example for outcome in _TITLES if (example := _example(rule, outcome))],
    }


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
    return [f"`{token}`" for token in rule.on]


def _example(rule: Rule, outcome: Outcome) -> Example | None:
    """The first case with an outcome that can be shown: short, and without a made-up credential."""
    for case in rule.cases:
        has_values = case.outputs or any(item.inputs for item in case.resources)
        if case.outcome is not outcome or not has_values:
            continue
        try:
            programs = [(fence, write(rule, case)) for fence, write in _LANGUAGES]
        except NoProgramError:
            continue
        if not any(len(text) > _LONGEST or may_hold_token(text.encode()) for _, text in programs):
            return Example(_TITLES[outcome], _conditions(case), programs)
    return None


def _conditions(case: Case) -> str:
    """The settings and the config with which the case has its outcome; "" for the defaults."""
    parameters = [f"`{name}: {json.dumps(value)}`" for name, value in case.parameters.items()]
    config = [
        f"`{key.rpartition(':')[2]}: {json.dumps(value.value)}`"
        for key, value in case.config.items()
        if isinstance(value, Secret)
    ]
    places = ((parameters, "the settings"), (config, "the secret config"))
    return " and ".join(f"{', '.join(found)} in {place}" for found, place in places if found)
