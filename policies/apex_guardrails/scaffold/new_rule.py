"""A new rule's file: it works as it is written, and says what to fill in."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from apex_guardrails.gcp import types
from apex_guardrails.model import UNKNOWN, Severity
from apex_guardrails.model.services import service_of
from apex_guardrails.model.value import parse_path
from apex_guardrails.provider import Field, type_schema
from apex_guardrails.provider.schema import tokens
from apex_guardrails.scaffold.templates import render
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest

_CONSTANTS = {token: name for name, token in vars(types).items() if name.isupper()}
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


def rule_file(rule_id: str, token: str, path: str, severity: Severity) -> tuple[Path, str]:
    """Where the file of a rule belongs below the folder of the rules, and what is in it.

    Args:
        rule_id: Such as `sql-no-public-ip`; its first word is the service.
        token: The resource type that it is about.
        path: The input that it reads, such as `settings.ipConfiguration.ipv4Enabled`.
        severity: How bad a violation is.

    Raises:
        UsageError: the id is none, or the provider has no such type or input.
    """
    service = service_of(rule_id)
    if not _ID.fullmatch(rule_id) or iskeyword(service):
        raise UsageError(
            f"{rule_id}: a rule's id is words with hyphens, the service first, such as "
            "sql-no-public-ip"
        )
    field = _field(token, path)
    kind = field.get("type", "string")
    wanted, other = {"bool": (True, False), "number": (1, 0)}.get(kind, ("FILL IN", "other"))
    name = rule_id.replace("-", "_")
    text = render(
        "new_rule.py.j2",
        name=name,
        token=token,
        constant=_CONSTANTS.get(token),
        path=path,
        severity=severity.value,
        wanted=_literal(wanted),
        passing=_nested(path, wanted),
        failing=_nested(path, other),
        unknown=_nested(path, UNKNOWN),
    )
    return Path(service, f"{name}.py"), text


def _field(token: str, path: str) -> Field:
    schema = type_schema(token)
    if schema is None:
        raise UsageError(f"{token}: the provider has no such type{nearest(token, tokens())}")
    fields, field = schema.fields, Field()
    try:
        steps = parse_path(path)
    except ValueError:
        raise UsageError(f"{path}: is not a path such as settings.tier") from None
    for step in steps:
        if field.get("type") in ("list", "map"):
            raise UsageError(
                f"{path}: name the {field['type']} itself; the rule looks at its elements in turn"
            )
        if str(step) not in fields:
            hint = nearest(str(step), fields) or f" (known: {', '.join(sorted(fields)[:20])})"
            raise UsageError(f"{path}: {token} has no input {step}{hint}")
        field = fields[str(step)]
        fields = field.get("fields", {})
    if field.get("output"):
        raise UsageError(f"{path}: is an output of {token}; no preview knows it")
    if field.get("type") == "object":
        raise UsageError(
            f"{path}: name one of its inputs (known: {', '.join(sorted(fields)[:20])})"
        )
    return field


def _nested(path: str, value: object) -> str:
    """The inputs of a case, as keyword arguments, in which the value is at the path."""
    first, *below = (str(step) for step in parse_path(path))
    text = _literal(value)
    for step in reversed(below):
        text = f'{{"{step}": {text}}}'
    return f"{first}={text}"


def _literal(value: object) -> str:
    """A value as a rule's file writes it."""
    if value is UNKNOWN:
        return "case.UNKNOWN"
    return f'"{value}"' if isinstance(value, str) else repr(value)
