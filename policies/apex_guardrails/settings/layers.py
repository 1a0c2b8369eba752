"""How a rule comes to be in force: the pack's default, then layer upon layer.

Each profile is a layer, in the order in which they are named, and the settings file is the last.
In a layer of sections what names the rule overrides what names its service, and that what names its
severity; of two that name the same, the later one counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from apex_guardrails.model import EnforcedRule, EnforcementLevel, NoParameters, Rule, Severity
from apex_guardrails.settings.enforcement import Enforcement, NotEvaluated

NOT_EVALUATED_RULE: Final = "stack-types-judged"
"""The rule whose level the key `not_evaluated` sets."""


@dataclass(frozen=True)
class Force:
    """How a rule is in force so far.

    Attributes:
        level: what a violation does, once the rule is asked.
        undecided: what it does when a value is not known.
        parameters: what is set of the rule's own.
        is_asked: false of a rule that is opt-in and that nothing has named yet.
        remediates: whether the rule's remedy is applied to what is deployed.
    """

    level: EnforcementLevel
    undecided: EnforcementLevel
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_asked: bool = True
    remediates: bool = False


class Layer(Protocol):
    """What changes how rules are in force."""

    def on(self, rule: Rule, force: Force) -> Force:
        """How a rule is in force with the layer on top."""


@dataclass(frozen=True)
class Sections:
    """What files say of rules.

    Attributes:
        scopes: for all stacks, then for some: the later one counts.
        keys: levels that keys of their own set, by rule.
    """

    scopes: Sequence[Enforcement]
    keys: Mapping[str, NotEvaluated] = field(default_factory=dict)

    def on(self, rule: Rule, force: Force) -> Force:
        """How a rule is in force with the layer on top."""
        level, undecided, remediates = force.level, force.undecided, force.remediates
        parameters = dict(force.parameters)
        for scope in self.scopes:
            undecided = scope.undecided.get(rule.severity, undecided)
        # One rule is about what the pack is not, and goes by no severity or service of its rules.
        if rule.id != NOT_EVALUATED_RULE:
            for scope in self.scopes:
                level = scope.severities.get(rule.severity, level)
            for scope in self.scopes:
                level = scope.level_of_service(rule.service) or level
        if rule.id in self.keys:
            level = self.keys[rule.id].level
        for scope in self.scopes:
            given = scope.rules.get(rule.id)
            if given is not None:
                level = given.level or level
                undecided = given.undecided or undecided
                parameters |= given.parameters
                remediates = remediates if given.remediate is None else given.remediate
        is_asked = force.is_asked or any(scope.names(rule) for scope in self.scopes)
        return Force(level, undecided, parameters, is_asked, remediates)


@dataclass(frozen=True)
class FrameworkRules:
    """The rules that are evidence for a framework, at least at a level; the others as they are.

    Whether what may be elsewhere is there, a program does not show: at most that is advice.
    """

    framework: str
    level: EnforcementLevel

    def on(self, rule: Rule, force: Force) -> Force:
        """How a rule is in force with the layer on top."""
        prefix = f"{self.framework}:"
        if _asks_what_only_you_know(rule) or not any(
            control.startswith(prefix) for control in rule.controls
        ):
            return force
        least = EnforcementLevel.ADVISORY if _may_be_elsewhere(rule) else self.level
        return replace(force, level=_graver(force.level, least), is_asked=True)


@dataclass(frozen=True)
class StrictRules:
    """What advises blocks, and what is off advises, within reason."""

    def on(self, rule: Rule, force: Force) -> Force:
        """How a rule is in force with the layer on top."""
        firm = replace(force, undecided=EnforcementLevel.MANDATORY)
        if rule.id == NOT_EVALUATED_RULE:
            return replace(firm, level=_graver(force.level, EnforcementLevel.ADVISORY))
        if _asks_what_only_you_know(rule):
            return firm
        if not force.is_asked:
            return replace(firm, is_asked=True)
        if force.level is EnforcementLevel.DISABLED:
            is_here = not _may_be_elsewhere(rule)
            return replace(firm, level=EnforcementLevel.ADVISORY) if is_here else firm
        is_grave = rule.severity.rank >= Severity.MEDIUM.rank
        return replace(firm, level=EnforcementLevel.MANDATORY) if is_grave else firm


def _asks_what_only_you_know(rule: Rule) -> bool:
    """Whether it asks nothing until somebody says which labels, or which regions."""
    return rule.opt_in and rule.parameters is not NoParameters


def _may_be_elsewhere(rule: Rule) -> bool:
    """Whether it looks for what another program may make, for a project: an alert, a log sink."""
    return rule.level is EnforcementLevel.DISABLED and rule.scope == "stack"


def _graver(one: EnforcementLevel, other: EnforcementLevel) -> EnforcementLevel:
    return other if one.at_most(other) is one else one


def in_force(rule: Rule, layers: Sequence[Layer]) -> Force:
    """How a rule is in force with some layers, the lowest first."""
    force = Force(rule.level, rule.undecided_by_default, is_asked=not rule.opt_in)
    for layer in layers:
        force = layer.on(rule, force)
    return force


def enforced(rule: Rule, layers: Sequence[Layer]) -> EnforcedRule:
    """The rule as it is in force; what nobody asks is off."""
    force = in_force(rule, layers)
    level = force.level if force.is_asked else EnforcementLevel.DISABLED
    parameters = rule.parameters.model_validate(dict(force.parameters))
    return EnforcedRule(rule, level, force.undecided, parameters, force.remediates)
