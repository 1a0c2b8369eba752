"""What settings, a record and the options of a run change of the pack's defaults.

Whoever reads a verdict must see what it rests on: what is switched off first.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.model import EnforcedRule, EnforcementLevel, Looser, Rule, Severity
from apex_guardrails.model.phrases import counted, listed
from apex_guardrails.settings.own_rules import KEY as OWN
from apex_guardrails.settings.own_rules import REGO, STOCK
from apex_guardrails.settings.policy_pack import PolicyPackSettings, enforce
from apex_guardrails.settings.selection import EVERYTHING, Selection

MOST_VALUES: Final = 40
"""Values of a list that a text names; the others are counted."""

LONGEST: Final = 500
"""Characters of a text."""

_FEW: Final = 6
_SHORT: Final = 60


class Direction(enum.StrEnum):
    """Whether a change lets more pass; in the order in which reports list them."""

    LOOSER = "looser"
    CHANGED = "changed"
    TIGHTER = "tighter"


class Kind(enum.StrEnum):
    """What is changed."""

    PROFILE = "profile"
    ADDED = "added"
    RULE = "rule"
    UNDECIDED = "undecided"
    PARAMETER = "parameter"
    REMEDIATION = "remediation"
    COST = "cost"
    CHECKOV = "checkov"
    WAIVERS = "waivers"
    BASELINE = "baseline"
    OFFLINE = "offline"
    RUN = "run"


@dataclass(frozen=True)
class SettingChange:
    """One thing that is not as the pack has it.

    Attributes:
        kind: what it is.
        setting: what is set: a rule, `rule.parameter`, a key below `cost`, or an option.
        default: what it is without settings; `None` for nothing.
        value: what it is.
        direction: whether that lets more pass.
        rule: the rule's id; "" where it is about none.
        severity: the rule's.
    """

    kind: Kind
    setting: str
    default: Any
    value: Any
    direction: Direction
    rule: str = ""
    severity: Severity | None = None

    @property
    def is_off(self) -> bool:
        """Whether a rule is off that is on by default."""
        return self.kind in {Kind.RULE, Kind.RUN} and self.value is EnforcementLevel.DISABLED

    def text(self) -> str:
        """The change in words, with every value as far as there is room."""
        return f"{self.setting}: {format_value(self.value)} (default {format_value(self.default)})"

    def brief(self) -> str:
        """The same for one line of a terminal."""
        return f"{self.setting}: {short(self.value)} (default {short(self.default)})"


def format_value(value: Any) -> str:
    """A value in words; of a long list the first ones, and how many there are."""
    text = listed(_items(value), MOST_VALUES)
    return f"{text[: LONGEST - 1]}…" if len(text) > LONGEST else text


def short(value: Any) -> str:
    """The same in a few words."""
    items = _items(value)
    text = ", ".join(items)
    if len(items) > 1 and (len(items) > _FEW or len(text) > _SHORT):
        return f"{len(items):,} values"
    return f"{text[: _SHORT - 1]}…" if len(text) > _SHORT else text


def _items(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key} ({format_value(member)})" for key, member in value.items()] or ["none"]
    if isinstance(value, tuple | list | set | frozenset):
        return [str(member) for member in value] or ["none"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return ["none" if value is None else str(value)]


def in_order(changes: Iterable[SettingChange]) -> list[SettingChange]:
    """What lets more pass first, and of that what is about the gravest rules."""
    directions, kinds = list(Direction), list(Kind)
    return sorted(
        changes,
        key=lambda item: (
            directions.index(item.direction),
            kinds.index(item.kind),
            not item.is_off,
            -(item.severity.rank if item.severity else 0),
            item.setting,
        ),
    )


def of_rules(rules: Iterable[EnforcedRule]) -> Iterator[SettingChange]:
    """What is changed of levels and parameters.

    Args:
        rules: as settings have them in force.
    """
    rules = list(rules)
    defaults = enforce(PolicyPackSettings(), [item.rule for item in rules], "")
    for item, default in zip(rules, defaults, strict=True):
        rule = item.rule
        facts: dict[str, Any] = {"rule": rule.id, "severity": rule.severity}
        if item.level is not default.level:
            direction = _by_level(default.level, item.level)
            yield SettingChange(Kind.RULE, rule.id, default.level, item.level, direction, **facts)
        if item.level is EnforcementLevel.DISABLED:
            continue
        undecided = default.when_undecided.at_most(item.level)
        if item.undecided is not undecided:
            yield SettingChange(
                Kind.UNDECIDED,
                f"{rule.id}.undecided",
                undecided,
                item.undecided,
                _by_level(undecided, item.undecided),
                **facts,
            )
        if item.remediates:
            yield SettingChange(
                Kind.REMEDIATION,
                f"{rule.id}.remediate",
                default.remediates,
                item.remediates,
                Direction.CHANGED,
                **facts,
            )
        yield from _of_parameters(item, facts)


def _of_parameters(item: EnforcedRule, facts: Mapping[str, Any]) -> Iterator[SettingChange]:
    for name, info in item.rule.parameters.model_fields.items():
        default = info.get_default(call_default_factory=True)
        value = getattr(item.parameters, name)
        if _as_set(value) == _as_set(default):
            continue
        looser = next((mark for mark in info.metadata if isinstance(mark, Looser)), None)
        direction = _direction(looser, default, value)
        yield SettingChange(
            Kind.PARAMETER, f"{item.rule.id}.{name}", default, value, direction, **facts
        )


def _by_level(default: EnforcementLevel, level: EnforcementLevel) -> Direction:
    return Direction.LOOSER if level.at_most(default) is level else Direction.TIGHTER


def _as_set(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {(key, _as_set(member)) for key, member in value.items()}
    return frozenset(value) if isinstance(value, tuple | list) else value


def _direction(looser: Looser | None, default: Any, value: Any) -> Direction:
    if looser is None:
        return Direction.CHANGED
    if isinstance(value, int | float):
        is_more = value > default
    else:
        added, removed = _as_set(value) - _as_set(default), _as_set(default) - _as_set(value)
        # What lets more pass counts, whatever else lets less.
        is_more = bool(added) if looser is Looser.MORE else not removed
    return Direction.LOOSER if is_more is (looser is Looser.MORE) else Direction.TIGHTER


def of_run(rules: Iterable[EnforcedRule], selection: Selection) -> Iterator[SettingChange]:
    """What the options of a run change of what settings say.

    Args:
        rules: as settings have them in force.
        selection: the options.
    """
    if selection == EVERYTHING:
        return
    rules = list(rules)
    for item, asked in zip(rules, selection.apply(rules), strict=True):
        # What is asked alone is said once, and not of each rule that is left out.
        is_left_out = selection.only and item.rule.id not in selection.only
        if asked.level is not item.level and not is_left_out:
            yield SettingChange(
                Kind.RUN,
                item.rule.id,
                item.level,
                asked.level,
                _by_level(item.level, asked.level),
                rule=item.rule.id,
                severity=item.rule.severity,
            )
    if selection.soft_fail:
        yield SettingChange(
            Kind.RUN, "--soft-fail", "exit code 1", "what stops it ends with 0", Direction.LOOSER
        )


def of_profiles(settings: PolicyPackSettings, stack: str) -> Iterator[SettingChange]:
    """The profiles that settings build on, but for the one that is the pack as it is.

    Args:
        settings: those that count.
        stack: the stack's name.
    """
    names = tuple(profile.name for profile in settings.profiles(stack) if profile.layer is not None)
    if names:
        yield SettingChange(Kind.PROFILE, "extends", None, names, Direction.CHANGED)


def _added(settings: PolicyPackSettings) -> Iterator[SettingChange]:
    """The rules that settings bring beside the pack's."""
    own = [rule for rule in settings.known_rules if rule.file]
    others = [rule for rule in settings.known_rules if not rule.file]
    for key, names, found in (
        (OWN, settings.own_rules, own),
        (STOCK, settings.stock_policies, _of_service(others, "stock")),
        (REGO, settings.rego_policies, _of_service(others, "rego")),
    ):
        if names:
            count = counted(len(found), "rule")
            value = f"{count} of the team's own in {', '.join(names)}"
            yield SettingChange(Kind.ADDED, key, None, value, Direction.CHANGED)


def _of_service(rules: Iterable[Rule], service: str) -> list[Rule]:
    return [rule for rule in rules if rule.service == service]


def of_the_rest(settings: PolicyPackSettings, recorded: int = 0) -> Iterator[SettingChange]:
    """What is changed beside rules, cost and Checkov.

    Args:
        settings: those that count.
        recorded: findings that the baseline knows of.
    """
    yield from _added(settings)
    default = PolicyPackSettings()
    longest = settings.max_waiver_days
    if longest != default.max_waiver_days:
        is_more = longest > default.max_waiver_days
        yield SettingChange(
            Kind.WAIVERS,
            "max_waiver_days",
            default.max_waiver_days,
            longest,
            Direction.LOOSER if is_more else Direction.TIGHTER,
        )
    if recorded:
        yield SettingChange(
            Kind.BASELINE, "baseline", None, f"{recorded:,} findings", Direction.LOOSER
        )
    offline = settings.offline
    unanswered = offline.unanswered_functions
    if unanswered is not default.offline.unanswered_functions:
        yield SettingChange(
            Kind.OFFLINE,
            "offline.unanswered_functions",
            default.offline.unanswered_functions.value,
            unanswered.value,
            Direction.TIGHTER,
        )
    for name, value in (
        ("functions", tuple(answer.token for answer in offline.functions)),
        # By their keys alone: a sample may be a secret.
        ("secrets", tuple(offline.secrets)),
        ("environment", offline.environment),
        ("stacks", tuple(offline.stacks)),
        ("esc", tuple(offline.esc)),
    ):
        if value:
            yield SettingChange(Kind.OFFLINE, f"offline.{name}", None, value, Direction.CHANGED)
