"""The content of `policy-pack.yaml`, checked against the rules it speaks of."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from apex_guardrails.cost.usage import no_truth
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Rule, Waiver
from apex_guardrails.model.services import FORMER_NAMES
from apex_guardrails.settings import checkov
from apex_guardrails.settings.checkov import CheckovSettings, CheckovUse
from apex_guardrails.settings.cost import CostSettings, merged
from apex_guardrails.settings.enforcement import (
    FORMER_NOT_EVALUATED,
    NOT_EVALUATED,
    Enforcement,
    NotEvaluated,
    Strict,
    unknown_names,
)
from apex_guardrails.settings.layers import (
    NOT_EVALUATED_RULE,
    Layer,
    Sections,
    enforced,
    in_force,
)
from apex_guardrails.settings.own_rules import OwnRules, StockPolicies, joined
from apex_guardrails.settings.profiles import (
    Extends,
    Place,
    Profile,
    extends_field,
    layers_of,
    resolve,
)
from apex_guardrails.settings.reports import ReportSettings
from apex_guardrails.settings.signatures import LONGEST, objections
from apex_guardrails.settings.stack_patterns import StackPattern, Tags, fits
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import by_line, line_of, parse, read_yaml

COMPONENTS_RULE: Final = "stack-components-run"
"""The rule whose level `offline.components` sets."""

CALLBACKS_RULE: Final = "stack-callbacks-run"
"""The rule whose level `offline.callbacks` sets."""

CHECKOV_RULE: Final = re.compile(r"checkov:CKV2?_[A-Z0-9]+_\d+")
"""What a waiver for a finding of Checkov's, or a record of it, names instead of a rule."""


class Scope(Enforcement):
    """Enforcement for all stacks, or for those a pattern names."""

    extends: Extends = extends_field()
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

    @field_validator("checkov", mode="before")
    @classmethod
    def _checkovs_level_alone(cls, section: Any) -> Any:
        return section if isinstance(section, dict | None) else {"level": section}


class FunctionAnswer(Strict):
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


class OfflineSettings(Strict):
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
    rego_policies: tuple[OwnRules, ...] = Field(
        (),
        description="Folders with policies in Rego, below this file's folder, which conftest asks "
        "over the Terraform plan of the stack.",
    )
    stacks: dict[StackPattern, Scope] = Field(
        default_factory=dict,
        description="By stack, pattern such as prod*, or tag such as tag:environment=prod*: what "
        "differs there.",
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
    _tags: Tags | None = PrivateAttr(None)
    _profiles: Mapping[str, Sequence[Profile]] = PrivateAttr({})

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

    def came_from(
        self,
        path: Path,
        notes: Sequence[str] = (),
        profiles: Mapping[str, Sequence[Profile]] | None = None,
    ) -> None:
        """Remembers the file, for reports, what its reader should know, and its profiles.

        Args:
            path: the file.
            notes: what is still valid, but is written in another way now.
            profiles: what it extends, by pattern of stacks; for all stacks by "".
        """
        self._path = path
        self._notes = notes
        self._profiles = profiles or {}
        read = hashlib.sha256()
        for file in dict.fromkeys((path, *self.profile_files)):
            read.update(file.read_bytes())
        self._digest = read.hexdigest()

    def is_about(self, tags: Tags) -> None:
        """Remembers the tags of the stack that is judged, where the source knows them."""
        self._tags = tags

    @property
    def tags(self) -> Tags | None:
        """The judged stack's tags; `None` where they are not known."""
        return self._tags

    @property
    def profile_files(self) -> Sequence[Path]:
        """The files of the profiles that the file builds on, for whatever stack."""
        return [it.file for found in self._profiles.values() for it in found if it.file]

    def profiles(self, stack: str) -> list[Profile]:
        """The profiles that count for a stack, the lowest first."""
        return [
            profile
            for pattern, found in self._profiles.items()
            if not pattern or fits(pattern, stack, self._tags)
            for profile in found
        ]

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
        """The SHA-256 of the file, and of profiles of its own; "" for the pack's defaults."""
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
    problems = []
    profiles: dict[str, Sequence[Profile]] = {}
    for at, scope in scopes:
        try:
            profiles["".join(at[1:])] = resolve(scope.extends, Place(path, at, node), known)
        except UsageError as error:
            problems += str(error).splitlines()
        problems += _check(scope, at, known, path, node)
        for number, waiver in enumerate(scope.waivers):
            rule = known.get(waiver.policy)
            for key, what in objections(waiver, rule, today, settings.max_waiver_days):
                place: tuple[str | int, ...] = (*at, "waivers", number, key)
                where = f"{path}:{line_of(node, place)}: {'.'.join(map(str, place))}"
                problems.append(f"{where}: {what}")
    notes = [note for at, scope in scopes for note in _notes(scope, at, path, node, content)]
    settings.came_from(path, notes, profiles)
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
    yield from unknown_names(scope, at, known, path, node)
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


def enforce(
    settings: PolicyPackSettings, rules: Iterable[Rule], stack: str
) -> Sequence[EnforcedRule]:
    """The rules as they are in force on a stack: the profiles, then the file on top of them.

    What names the rule overrides what names its service, and that what names its severity; of two
    that name the same, the one that names the stack counts.
    """
    layers = _layers(settings, stack)
    return [enforced(rule, layers) for rule in rules]


def _layers(settings: PolicyPackSettings, stack: str) -> Sequence[Layer]:
    scopes = _scopes(settings, stack)
    left_out = [scope.not_evaluated for scope in scopes if scope.not_evaluated is not None]
    by_key = {
        NOT_EVALUATED_RULE: left_out[-1] if left_out else None,
        COMPONENTS_RULE: settings.offline.components,
        CALLBACKS_RULE: settings.offline.callbacks,
    }
    keys = {rule_id: said for rule_id, said in by_key.items() if said is not None}
    return (*layers_of(settings.profiles(stack)), Sections(scopes, keys))


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
    tags = settings.tags
    named = [scope for name, scope in settings.stacks.items() if fits(name, stack, tags)]
    return [settings, *named]


def unnamed(settings: PolicyPackSettings, rules: Iterable[Rule], stack: str) -> Sequence[Rule]:
    """The rules that are asked where settings name them, and that these do not."""
    layers = _layers(settings, stack)
    return [rule for rule in rules if rule.opt_in and not in_force(rule, layers).is_asked]
