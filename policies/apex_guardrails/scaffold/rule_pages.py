"""A page for each rule, made from the rule's own file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from apex_guardrails.controls import controls, coverage, frameworks, not_run
from apex_guardrails.model import (
    UNKNOWN,
    Asset,
    Outcome,
    ResourceReference,
    Rule,
    Secret,
    is_labelable,
)
from apex_guardrails.model.case import SECRET_CONFIG, Case, Concatenation, OutputOf
from apex_guardrails.model.credentials import may_hold_token

_ENVIRONMENT: Final = Environment(  # noqa: S701 Markdown, not HTML
    loader=PackageLoader("apex_guardrails.scaffold", "pages"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

_LONGEST: Final = 1500
"""Characters of an example; a longer one explains nothing."""


def rule_pages(rules: Sequence[Rule]) -> dict[str, str]:
    """The pages by file name: `index.md`, `controls.md`, and one for each rule."""
    page, index, by_control = (
        _ENVIRONMENT.get_template(f"{name}.md.j2") for name in ("rule", "index", "controls")
    )
    pages = {f"{rule.id}.md": page.render(_about(rule)) for rule in rules}
    services: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.service, rule.id)):
        services.setdefault(rule.service, []).append(rule)
    return {
        "index.md": index.render(services=services, count=len(rules)),
        "controls.md": by_control.render(covered=coverage(frameworks().values(), not_run(rules))),
        **pages,
    }


def _about(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule,
        "types": _types(rule),
        "controls": [_control(control) for control in rule.controls],
        "parameters": [
            (name, info.description, info.get_default(call_default_factory=True))
            for name, info in rule.parameters.model_fields.items()
        ],
        "examples": [
            (title, text)
            for outcome, title in ((Outcome.FAILS, "Fails"), (Outcome.PASSES, "Passes"))
            if (text := _example(rule, outcome))
        ],
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


def _example(rule: Rule, outcome: Outcome) -> str:
    """The first case with an outcome that can be shown: short, and without a made-up credential."""
    for case in rule.cases:
        if case.outcome is not outcome or not any(item.inputs for item in case.resources):
            continue
        text = yaml.safe_dump(_shown(rule, case), sort_keys=False, allow_unicode=True)
        if len(text) <= _LONGEST and not may_hold_token(text.encode()):
            return text
    return ""


def _shown(rule: Rule, case: Case) -> list[Any]:
    return [
        {
            "type": item.token or rule.type_token,
            **({"name": item.name} if len(case.resources) > 1 else {}),
            "properties": _plain(item.inputs),
        }
        for item in case.resources
    ]


def _plain(value: Any) -> Any:
    """A case's value as YAML can show it."""
    if value is UNKNOWN:
        return "(known after deployment)"
    if isinstance(value, Secret):
        return "(secret)"
    if isinstance(value, OutputOf):
        return f"(output of {value.name})"
    if isinstance(value, Concatenation):
        return "".join(map(str, map(_plain, value.parts)))
    if isinstance(value, Asset | ResourceReference):
        return "(file)" if isinstance(value, Asset) else "(resource)"
    if isinstance(value, str):
        return value.replace(SECRET_CONFIG, "(secret config)")
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, Sequence):
        return [_plain(element) for element in value]
    return value
