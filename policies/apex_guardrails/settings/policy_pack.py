"""The content of `policy-pack.yaml`, checked against the rules it speaks of."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from apex_guardrails.cost.usage import no_truth
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Parameters,
    Rule,
    Severity,
    Waiver,
)
from apex_guardrails.model.services import FORMER_NAMES, former_name
from apex_guardrails.settings import checkov
from apex_guardrails.settings.checkov import CheckovSettings, CheckovUse
from apex_guardrails.settings.cost import CostSettings, merged
from apex_guardrails.settings.own_rules import OwnRules, StockPolicies, joined
from apex_guardrails.settings.reports import ReportSettings
from apex_guardrails.settings.signatures import LONGEST, objections
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch, nearest
from apex_guardrails.support.yaml_files import by_line, line_of, parse, read_yaml

UNDECIDED: Final[Mapping[Severity, EnforcementLevel]] = {
    Severity.CRITICAL: EnforcementLevel.MANDATORY,
    Severity.HIGH: EnforcementLevel.MANDATORY,
    Severity.MEDIUM: EnforcementLevel.ADVISORY,
    Severity.LOW: EnforcementLevel.ADVISORY,
}
"""What a rule that cannot decide does by default: what is critical to the mission fails closed."""

NOT_EVALUATED: Final = "not_evaluated"
FORMER_NOT_EVALUATED: Final = "not_judged"
"""What the key was called before."""

NOT_EVALUATED_RULE: Final = "stack-types-judged"
"""The rule whose level that key sets."""

COMPONENTS_RULE: Final = "stack-components-run"
"""The rule whose level `offline.components` sets."""

CALLBACKS_RULE: Final = "stack-callbacks-run"
"""The rule whose level `offline.callbacks` sets."""

CHECKOV_RULE: Final = re.compile(r"checkov:CKV2?_[A-Z0-9]+_\d+")
"""What a waiver for a finding of Checkov's, or a record of it, names instead of a rule."""


class _Strict(BaseModel):
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


class RuleSettings(_Strict):
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


class Scope(_Strict):
    """Enforcement for all stacks, or for those a pattern names."""

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
    waivers: tuple[Waiver, ...] = Field(
        (), description="Findings that somebody takes responsibility for, until a date."
    )
    cost: CostSettings = Field(
        default_factory=CostSettings, description="Budgets, and what estimates assume."
    )
    checkov: CheckovSettings = Field(
        default_factory=CheckovSettings,
        description="Whether Checkov runs as well: a level, or level, skip and timeout.",
    )

    def level_of_service(self, service: str) -> EnforcementLevel | None:
        """The level of a service's rules, under its name or the one it had before."""
        return self.services.get(service, self.services.get(former_name(service)))

    @field_validator("rules", mode="before")
    @classmethod
    def _a_level_alone(cls, rules: Any) -> Any:
        if not isinstance(rules, dict):
            return rules
        return {
            key: value if isinstance(value, dict | None) else {"level": value}
            for key, value in rules.items()
        }

    @field_validator("checkov", mode="before")
    @classmethod
    def _checkovs_level_alone(cls, section: Any) -> Any:
        return section if isinstance(section, dict | None) else {"level": section}


class FunctionAnswer(_Strict):
    """What a provider function returns offline, where no provider runs."""

    token: str = Field(description="Such as gcp:compute/getNetwork:getNetwork.")
    arguments: dict[str, Any] | None = Field(
        None, description="The call it answers; any call if left out."
    )
    result: dict[str, Any] = Field(description="What the function returns.")


def _given(sample: Any) -> Any:
    """Refuses nothing, of which each type of a sample would complain."""
    if sample is None:
        raise ValueError("expected a sample value")
    return sample


Sample = Annotated[str | int | float | bool | dict[str, Any] | list[Any], BeforeValidator(_given)]


def _stack_name(name: str) -> str:
    if not _STACK_NAME.fullmatch(name):
        raise ValueError("expected the name of a stack: organization/project/stack")
    return name


def _outputs(given: Any) -> Any:
    if not isinstance(given, str | Path | dict):
        raise ValueError("expected outputs by name, or a file with them")  # noqa: TRY004 Pydantic's
    return given


_STACK_NAME: Final = re.compile(r"[^/\s]+(/[^/\s]+){0,2}")
OtherStack = Annotated[str, AfterValidator(_stack_name)]
StackOutputs = Annotated[Path | dict[str, Any], BeforeValidator(_outputs)]


class UnansweredFunctions(enum.StrEnum):
    """What a call of a function gets whose answer nobody knows."""

    ASSUME = "assume"
    STRICT = "strict"


def _or_strict(schema: dict[str, Any]) -> None:
    """Has a schema take the word, too, where it takes a list."""
    items = schema.pop("items")
    del schema["type"]
    schema["anyOf"] = [{"type": "array", "items": items}, {"const": UnansweredFunctions.STRICT}]


class OfflineSettings(_Strict):
    """What a program that is run offline gets instead of the cloud."""

    functions: tuple[FunctionAnswer, ...] = Field(
        (),
        description="Recorded answers of functions that the program calls; or `strict`, which is "
        "short for `unanswered_functions: strict`.",
        json_schema_extra=_or_strict,
    )
    unanswered_functions: UnansweredFunctions = Field(
        UnansweredFunctions.ASSUME,
        description="What a call gets whose answer is neither recorded nor follows from its "
        "arguments: stand-ins, and what is made of them is undecided; or an error.",
    )
    secrets: dict[str, Sample] = Field(
        default_factory=dict,
        description="Sample values, by config key, for secrets that must have a certain form.",
    )
    stacks: dict[OtherStack, StackOutputs] = Field(
        default_factory=dict,
        description="Outputs of other stacks, by name (organization/project/stack): written here, "
        "null for what is not known, or the file of `pulumi stack output --json` or `pulumi stack "
        "export`.",
    )
    components: NotEvaluated | None = Field(
        None,
        description="What a component does that could not be run: it stops the deployment (the "
        "default), is advice, or is counted and noted.",
    )
    callbacks: NotEvaluated | None = Field(
        None,
        description="What a function given to `apply` does that could not be run and may make "
        "resources: it stops the deployment (the default), is advice, or is counted and noted.",
    )
    esc: dict[str, Path | dict[str, Any]] = Field(
        default_factory=dict,
        description="Environments of Pulumi ESC that stacks import, by name (project/environment): "
        "the file of `esc env open` or of the definition, or what is in it.",
    )
    environment: tuple[str, ...] = Field(
        (), description="Environment variables that the program gets besides the usual ones."
    )
    memory_limit: Annotated[int, Field(ge=64), BeforeValidator(no_truth)] = Field(
        4096, description="Megabytes of memory that the program may need before it is ended."
    )

    @model_validator(mode="before")
    @classmethod
    def _strict_alone(cls, section: Any) -> Any:
        word = UnansweredFunctions.STRICT
        if not isinstance(section, dict) or section.get("functions") != word:
            return section
        return {"unanswered_functions": word, **section, "functions": ()}


class PolicyPackSettings(Scope):
    """The whole file."""

    version: Literal[1] = Field(1, description="The version of this file's format.")
    own_rules: tuple[OwnRules, ...] = Field(
        (),
        description="Folders with rules of your own, below this file's folder: in each a folder "
        "per service, with a file per rule.",
    )
    stock_policies: tuple[StockPolicies, ...] = Field(
        (),
        description="Policies of Pulumi's own kind (pulumi_policy): a Python file or a folder "
        "below this file's folder, or an installed list as module:name.",
    )
    stacks: dict[str, Scope] = Field(
        default_factory=dict, description="By stack, or pattern such as prod*: what differs there."
    )
    offline: OfflineSettings = Field(default_factory=OfflineSettings)
    reports: ReportSettings = Field(
        default_factory=ReportSettings, description="The reports that every judgement leaves."
    )
    max_waiver_days: Annotated[int, Field(ge=1, le=36_500), BeforeValidator(no_truth)] = Field(
        LONGEST, description="Days from today within which every waiver must end."
    )

    _path: Path | None = PrivateAttr(None)
    _digest: str = PrivateAttr("")
    _notes: Sequence[str] = PrivateAttr(())
    _rules: Sequence[Rule] = PrivateAttr(())

    def speaks_of(self, rules: Iterable[Rule]) -> Self:
        """Remembers the rules that it was checked against."""
        self._rules = tuple(rules)
        return self

    @property
    def known_rules(self) -> Sequence[Rule]:
        """Every rule that there is with these settings: the pack's, and those of `own_rules`."""
        return self._rules

    def done(self) -> None:
        """Ends what was started to ask the rules, once a stack was judged."""
        if self.stock_policies:
            from apex_guardrails.stock.rules import end_processes

            end_processes(self._rules)

    def came_from(self, path: Path, notes: Sequence[str] = ()) -> None:
        """Remembers the file, for reports, and what its reader should know."""
        self._path = path
        self._notes = notes
        self._digest = hashlib.sha256(path.read_bytes()).hexdigest()

    @property
    def folder(self) -> Path:
        """Where paths in the file begin."""
        return self._path.parent if self._path else Path()

    @property
    def path(self) -> Path | None:
        """The file; `None` for the pack's defaults."""
        return self._path

    @property
    def notes(self) -> Sequence[str]:
        """What is still valid, but is written in another way now."""
        return self._notes

    @property
    def digest(self) -> str:
        """The file's SHA-256 in hexadecimal; "" for the pack's defaults."""
        return self._digest

    @property
    def source(self) -> str:
        """The file and the first digits of its SHA-256, for reports."""
        return f"{self._path} (sha256 {self._digest[:12]})" if self._path else "the pack's defaults"


def is_checkovs(rule_id: str) -> bool:
    """Whether what a waiver or a record names is a check of Checkov's."""
    return CHECKOV_RULE.fullmatch(rule_id) is not None


def load(path: Path | None, rules: Iterable[Rule], today: date) -> PolicyPackSettings:
    """The settings in a file; the pack's defaults for `None`.

    Args:
        path: the file.
        rules: the pack's.
        today: the day on which they count, for the ends of waivers.

    Raises:
        UsageError: the file is not valid, names a rule or a parameter that does not exist, or has
            a waiver that says too little or lasts too long.
        PackError: a folder of own rules is broken.
    """
    if path is None:
        return PolicyPackSettings().speaks_of(rules)
    content, node = read_yaml(path)
    rules = joined(path, content, node, rules)
    known = {rule.id: rule for rule in rules}
    try:
        settings = parse(path, PolicyPackSettings, {} if content is None else content, node)
    except UsageError as error:
        # What is right so far may name what there is not.
        problems = str(error).splitlines()
        for at, part in _parts(content):
            problems += _check(_readable(part), at, known, path, node)
        raise UsageError("\n".join(by_line(path, problems))) from None
    scopes: list[tuple[tuple[str, ...], Scope]] = [((), settings)]
    scopes += [(("stacks", pattern), scope) for pattern, scope in settings.stacks.items()]
    settings.came_from(
        path, [note for at, scope in scopes for note in _notes(scope, at, path, node, content)]
    )
    problems = []
    for at, scope in scopes:
        problems += _check(scope, at, known, path, node)
        for number, waiver in enumerate(scope.waivers):
            rule = known.get(waiver.policy)
            for key, what in objections(waiver, rule, today, settings.max_waiver_days):
                place: tuple[str | int, ...] = (*at, "waivers", number, key)
                where = f"{path}:{line_of(node, place)}: {'.'.join(map(str, place))}"
                problems.append(f"{where}: {what}")
    if problems:
        raise UsageError("\n".join(by_line(path, problems)))
    return settings.speaks_of(rules)


def _parts(content: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What a file says for all stacks, and for some, each with its place."""
    yield (), content
    stacks = content.get("stacks") if isinstance(content, dict) else None
    for pattern, part in stacks.items() if isinstance(stacks, dict) else ():
        yield ("stacks", str(pattern)), part


def _readable(part: Any) -> Scope:
    """The rules and services that a part of a file names, as far as they are well-formed."""
    found: dict[str, dict[str, Any]] = {}
    for section in ("rules", "services"):
        given = part.get(section) if isinstance(part, dict) else None
        for name, value in given.items() if isinstance(given, dict) else ():
            kept = value
            try:
                Scope.model_validate({section: {name: value}})
            except ValidationError:
                # The name may be wrong as well.
                kept = {} if section == "rules" else EnforcementLevel.ADVISORY
            if isinstance(name, str):
                found.setdefault(section, {})[name] = kept
    return Scope.model_validate(found)


def _notes(
    scope: Scope, at: tuple[str, ...], path: Path, node: yaml.Node | None, content: Any
) -> Iterable[str]:
    for service, former in FORMER_NAMES.items():
        if former in scope.services:
            place = (*at, "services", former)
            yield f"{path}:{line_of(node, place)}: {'.'.join(place)}: is called {service} now"
    key = (*at, FORMER_NOT_EVALUATED)
    if _has(content, key):
        yield f"{path}:{line_of(node, key)}: {'.'.join(key)}: is called {NOT_EVALUATED} now"


def _has(content: Any, keys: Iterable[str]) -> bool:
    """Whether there is something at a place of a file's content."""
    for key in keys:
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return True


def _check(
    scope: Scope,
    at: tuple[str, ...],
    known: Mapping[str, Rule],
    path: Path,
    node: yaml.Node | None,
) -> Iterable[str]:
    services = {rule.service for rule in known.values()}
    for service in scope.services:
        if service not in services and service not in FORMER_NAMES.values():
            place = (*at, "services", service)
            hint = nearest(service, services) or f" (known: {', '.join(sorted(services))})"
            yield (
                f"{path}:{line_of(node, place)}: {'.'.join(place)}: there is no such service{hint}"
            )
    for number, waiver in enumerate(scope.waivers):
        if waiver.policy not in known and not is_checkovs(waiver.policy):
            keys: tuple[str | int, ...] = (*at, "waivers", number, "policy")
            where = f"{path}:{line_of(node, keys)}: {'.'.join(map(str, keys))}"
            hint = (
                f"; a check of Checkov is called checkov:{waiver.policy}"
                if waiver.policy.startswith("CKV")
                else nearest(waiver.policy, known) or "; `apex policies list` shows them all"
            )
            yield f"{where}: there is no such rule: {waiver.policy}{hint}"
    for rule_id, settings in scope.rules.items():
        place = (*at, "rules", rule_id)
        where = f"{path}:{line_of(node, place)}: {'.'.join(place)}"
        rule = known.get(rule_id)
        if rule is None:
            hint = nearest(rule_id, known) or "; `apex policies list` shows them all"
            yield f"{where}: there is no such rule{hint}"
        else:
            if settings.remediate and not rule.is_remediable:
                at_key = (*place, "remediate")
                yield f"{path}:{line_of(node, at_key)}: {'.'.join(at_key)}: {_unremediable(rule)}"
            try:
                rule.parameters.model_validate(settings.parameters)
            except ValidationError as error:
                names = list(rule.parameters.model_fields)
                for detail in error.errors():
                    key = ".".join(map(str, detail["loc"]))
                    what = (
                        f"unknown parameter{nearest(key, names)}"
                        f" (known: {', '.join(names) or 'none'})"
                        if detail["type"] == "extra_forbidden"
                        else mismatch(detail)
                    )
                    keys = (*place, "parameters", *detail["loc"])
                    yield f"{path}:{line_of(node, keys)}: {'.'.join(map(str, keys))}: {what}"


def _unremediable(rule: Rule) -> str:
    """Why nothing is set for a rule on the way to the cloud."""
    if rule.remedy is None:
        return "the rule has no remedy; docs/remediation.md lists those that have one"
    return f"the remedy is for the program alone: {rule.remedy.by_hand}"


def enforce(
    settings: PolicyPackSettings, rules: Iterable[Rule], stack: str
) -> Sequence[EnforcedRule]:
    """The rules as they are in force on a stack.

    What names the rule overrides what names its service, and that what names its severity; of two
    that name the same, the one that names the stack counts.
    """
    scopes = _scopes(settings, stack)
    left_out = [scope.not_evaluated for scope in scopes if scope.not_evaluated is not None]
    by_key = {
        NOT_EVALUATED_RULE: left_out[-1] if left_out else None,
        COMPONENTS_RULE: settings.offline.components,
        CALLBACKS_RULE: settings.offline.callbacks,
    }
    return [_enforced(rule, scopes, by_key.get(rule.id)) for rule in rules]


def waivers_for(settings: PolicyPackSettings, stack: str) -> Sequence[Waiver]:
    """The waivers for a stack, expired ones too."""
    return [waiver for scope in _scopes(settings, stack) for waiver in scope.waivers]


def cost_for(settings: PolicyPackSettings, stack: str) -> CostSettings:
    """What is assumed of a stack's cost, and what it may be."""
    return merged(scope.cost for scope in _scopes(settings, stack))


def checkov_for(settings: PolicyPackSettings, stack: str) -> CheckovUse:
    """Whether Checkov judges a stack, too, and how."""
    return checkov.merged(scope.checkov for scope in _scopes(settings, stack))


def _scopes(settings: PolicyPackSettings, stack: str) -> Sequence[Scope]:
    """What is said for all stacks, then what is said for this one."""
    named = [scope for name, scope in settings.stacks.items() if fnmatchcase(stack, name)]
    return [settings, *named]


def unnamed(settings: PolicyPackSettings, rules: Iterable[Rule], stack: str) -> Sequence[Rule]:
    """The rules that are asked where settings name them, and that these do not."""
    scopes = _scopes(settings, stack)
    return [rule for rule in rules if rule.opt_in and not _is_named(rule, scopes)]


def _is_named(rule: Rule, scopes: Iterable[Scope]) -> bool:
    return any(
        rule.id in scope.rules or scope.level_of_service(rule.service) is not None
        for scope in scopes
    )


def _enforced(rule: Rule, scopes: Sequence[Scope], by_key: NotEvaluated | None) -> EnforcedRule:
    level, undecided = rule.level, rule.undecided or UNDECIDED[rule.severity]
    parameters: dict[str, Any] = {}
    remediates = False
    for scope in scopes:
        undecided = scope.undecided.get(rule.severity, undecided)
        level = scope.severities.get(rule.severity, level)
    for scope in scopes:
        level = scope.level_of_service(rule.service) or level
    if rule.id == NOT_EVALUATED_RULE:
        # It is about what the pack is not, and goes by no severity or service of its rules.
        level = rule.level
    if by_key is not None:
        level = by_key.level
    for scope in scopes:
        given = scope.rules.get(rule.id)
        if given is not None:
            level = given.level or level
            undecided = given.undecided or undecided
            parameters |= given.parameters
            remediates = remediates if given.remediate is None else given.remediate
    checked: Parameters = rule.parameters.model_validate(parameters)
    if rule.opt_in and not _is_named(rule, scopes):
        level = EnforcementLevel.DISABLED
    return EnforcedRule(rule, level, undecided, checked, remediates)
