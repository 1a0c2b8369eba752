"""The sections of a settings file or a profile that say how rules are enforced."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from apex_guardrails.model import EnforcementLevel, KeysAmong, Parameters, Rule, Severity
from apex_guardrails.model.services import FORMER_NAMES, former_name
from apex_guardrails.support.mistakes import mismatch, nearest
from apex_guardrails.support.yaml_files import line_of

NOT_EVALUATED: Final = "not_evaluated"
FORMER_NOT_EVALUATED: Final = "not_judged"
"""What the key was called before."""


class Strict(BaseModel):
    """What a file may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NotEvaluated(enum.StrEnum):
    """What something does that nobody evaluated."""

    NOTE = "note"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"

    @property
    def level(self) -> EnforcementLevel:
        """That of the rule that says so; what is noted is no finding."""
        if self is NotEvaluated.NOTE:
            return EnforcementLevel.DISABLED
        return EnforcementLevel(self.value)


class RuleSettings(Strict):
    """How one rule is enforced."""

    level: EnforcementLevel | None = Field(None, description="What a violation does.")
    undecided: EnforcementLevel | None = Field(
        None, description="What it does when a value is not known before deployment."
    )
    remediate: bool | None = Field(
        None,
        description="Whether the rule's remedy is applied to what is deployed through the engine; "
        "by default it is not.",
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict, description="The rule's own parameters."
    )


class Enforcement(Strict):
    """How rules are enforced."""

    rules: dict[str, RuleSettings] = Field(
        default_factory=dict,
        description="By rule: a level, or level, undecided, remediate and parameters.",
    )
    services: dict[str, EnforcementLevel] = Field(
        default_factory=dict, description="By service, such as sql: the level of its rules."
    )
    severities: dict[Severity, EnforcementLevel] = Field(
        default_factory=dict, description="By severity: the level of its rules."
    )
    undecided: dict[Severity, EnforcementLevel] = Field(
        default_factory=dict, description="By severity: what its rules do when undecided."
    )
    not_evaluated: NotEvaluated | None = Field(
        None,
        validation_alias=AliasChoices(NOT_EVALUATED, FORMER_NOT_EVALUATED),
        description="What happens to resources of other providers that no rule covers, dynamic "
        "ones "
        "included: they stop the deployment, are advice or, by default, are counted and "
        "noted.",
    )

    def level_of_service(self, service: str) -> EnforcementLevel | None:
        """The level of a service's rules, under its name or the one it had before."""
        return self.services.get(service, self.services.get(former_name(service)))

    def names(self, rule: Rule) -> bool:
        """Whether it speaks of a rule, or of its service."""
        return rule.id in self.rules or self.level_of_service(rule.service) is not None

    @field_validator("rules", mode="before")
    @classmethod
    def _a_level_alone(cls, rules: Any) -> Any:
        if not isinstance(rules, dict):
            return rules
        return {
            key: value if isinstance(value, dict | None) else {"level": value}
            for key, value in rules.items()
        }


def unknown_names(
    said: Enforcement,
    at: tuple[str, ...],
    known: Mapping[str, Rule],
    path: Path,
    node: yaml.Node | None,
) -> Iterable[str]:
    """Services, rules and parameters that there are not: a sentence for each.

    Args:
        said: what the file says.
        at: the keys above it in the file.
        known: all rules, by id.
        path: the file.
        node: its YAML, for the lines.
    """
    services = {rule.service for rule in known.values()}
    for service in said.services:
        if service not in services and service not in FORMER_NAMES.values():
            place = (*at, "services", service)
            hint = nearest(service, services) or f" (known: {', '.join(sorted(services))})"
            yield (
                f"{path}:{line_of(node, place)}: {'.'.join(place)}: there is no such service{hint}"
            )
    for rule_id, settings in said.rules.items():
        place = (*at, "rules", rule_id)
        rule = known.get(rule_id)
        if rule is None:
            where = f"{path}:{line_of(node, place)}: {'.'.join(place)}"
            hint = nearest(rule_id, known) or "; `apex policies list` shows them all"
            yield f"{where}: there is no such rule{hint}"
        else:
            why_not = _unremediable(rule, settings) if settings.remediate else ""
            if why_not:
                at_key = (*place, "remediate")
                yield f"{path}:{line_of(node, at_key)}: {'.'.join(at_key)}: {why_not}"
            yield from _wrong_parameters(rule, settings, place, path, node)


def _unremediable(rule: Rule, settings: RuleSettings) -> str:
    """Why nothing is set for a rule on the way to the cloud; "" where it is."""
    if rule.remedy is None:
        return "the rule has no remedy; docs/remediation.md lists those that have one"
    if rule.remedy.by_hand:
        return f"the remedy is for the program alone: {rule.remedy.by_hand}"
    if settings.level is EnforcementLevel.DISABLED:
        return (
            "a rule that is disabled remediates nothing: give it another level, or leave this out"
        )
    return ""


def _wrong_parameters(
    rule: Rule, settings: RuleSettings, place: tuple[str, ...], path: Path, node: yaml.Node | None
) -> Iterable[str]:
    for loc, what in _mistakes(rule.parameters, settings.parameters):
        keys = (*place, "parameters", *loc)
        yield f"{path}:{line_of(node, keys)}: {'.'.join(map(str, keys))}: {what}"


def _mistakes(
    kind: type[Parameters], given: Mapping[str, Any]
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """What is wrong with parameters as one part of the settings has them, and at which key."""
    try:
        parameters = kind.model_validate(given)
    except ValidationError as error:
        names = list(kind.model_fields)
        for detail in error.errors():
            key = ".".join(map(str, detail["loc"]))
            what = (
                f"unknown parameter{nearest(key, names)} (known: {', '.join(names) or 'none'})"
                if detail["type"] == "extra_forbidden"
                else mismatch(detail)
            )
            yield detail["loc"], what
        return
    for name, field in kind.model_fields.items():
        for mark in field.metadata:
            # Another part of the settings may name other items.
            if isinstance(mark, KeysAmong) and mark.other in given:
                items = getattr(parameters, mark.other)
                for key in getattr(parameters, name):
                    if key not in items:
                        yield (name, key), f"not among {mark.other}{nearest(key, items)}"
