"""A rule: one fact about resources, with all there is to know about it."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from apex_guardrails.model.grades import EnforcementLevel, Severity
from apex_guardrails.model.remedy import Remedy
from apex_guardrails.model.resource_type import ResourceType
from apex_guardrails.model.violation import Violation

if TYPE_CHECKING:
    from apex_guardrails.model.case import Case

Selector: TypeAlias = "str | Sequence[str] | Callable[[ResourceType], bool]"
"""Which resource types a rule is about: a token, several, or a question about the type."""

Scope: TypeAlias = Literal["resource", "stack"]

Check: TypeAlias = Callable[..., Iterable[Violation]]

Search: TypeAlias = Callable[[Any], Collection[object]]
"""What finds all that several rules have to say of a resource."""

ANY_TYPE = "*"


def always(_subject: Any) -> bool:
    """Of a rule that is about every stack, or every resource of its types."""
    return True


class Parameters(BaseModel):
    """Base of a rule's parameters, which `policy-pack.yaml` may set; each has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class KeysAmong:
    """The keys of a parameter are among the items of another; in its annotation."""

    other: str


class Looser(enum.Enum):
    """Which values of a parameter let more pass; in its annotation, where that can be told."""

    MORE = "more"
    """A higher number, a longer list, true: what may be."""
    LESS = "less"
    """A lower number, a shorter list: what must be."""


class NoParameters(Parameters):
    """What a rule without parameters takes."""


@dataclass(frozen=True, eq=False)
class Rule:
    """One fact that resources must fulfil. Made by `rule` from one file.

    Attributes:
        id: the file's name with hyphens; what settings and waivers call the rule.
        service: the folder's name.
        title: states the passing state; the file's docstring.
        why: what goes wrong otherwise; the function's docstring.
        on: the resource types it is about.
        controls: ids of benchmark controls it gives evidence for, such as `cis-gcp-4.0:6.6`.
        fix: what to write in the program.
        level: what a violation does unless settings say otherwise.
        undecided: what it does when a value is not known, unless settings say otherwise; `None`:
            what settings say for its severity.
        scope: whether the rule looks at one resource at a time or at the whole stack.
        when: whether the rule applies to a stack, or to a resource of its types; where not, it
            does not pass. The rules of a table share one, which is asked once for all of them.
        own_cases: the examples of a rule that shares its file with others, or what makes them when
            they are first asked for.
        opt_in: whether it is asked only where settings name it, or its service: without them it
            would be some house's style.
        found_by: what finds all that it and others have to say of a resource; where that is
            nothing, it passes and need not be asked.
        remedy: what to set so that it passes; `None` where nothing is safe and certain.
        file: where it is, of a rule in a team's own folder.
    """

    id: str
    service: str
    module: str
    title: str
    why: str
    severity: Severity
    on: Selector
    controls: tuple[str, ...]
    fix: str
    level: EnforcementLevel
    scope: Scope
    parameters: type[Parameters]
    check: Check
    own_cases: tuple[Case, ...] | Callable[[], tuple[Case, ...]] | None = None
    when: Callable[[Any], bool] = always
    opt_in: bool = False
    undecided: EnforcementLevel | None = None
    found_by: Search | None = None
    remedy: Remedy | None = None
    file: str = ""

    @property
    def by_default(self) -> str:
        """What a violation does unless settings say otherwise, in words."""
        return f"{self.level} once named" if self.opt_in else self.level

    @property
    def is_remediable(self) -> bool:
        """Whether its remedy may be applied to what is deployed, and not to the program alone."""
        return self.remedy is not None and not self.remedy.by_hand

    @property
    def undecided_by_default(self) -> EnforcementLevel:
        """What it does when a value is not known: what is critical to the mission fails closed."""
        return self.undecided or self.severity.level

    @property
    def types(self) -> Sequence[str] | None:
        """The tokens of the types that it is about; `None` where it asks each type for itself."""
        if callable(self.on) or self.on == ANY_TYPE:
            return None
        return (self.on,) if isinstance(self.on, str) else self.on

    def is_about(self, resource_type: ResourceType) -> bool:
        """Whether the rule applies to resources of a type."""
        if callable(self.on):
            return self.on(resource_type)
        types = self.types
        return types is None or resource_type.token in types

    def describe(self) -> Iterator[str]:
        """All about the rule, a line each, for people."""
        yield f"{self.title}."
        if self.why:
            yield self.why
        if self.fix:
            yield f"fix: {self.fix}"
        if self.remedy is not None:
            by_hand = self.remedy.by_hand
            alone = f"for the program alone: {by_hand}"
            yield f"remedy: {alone if by_hand else 'may be set at deployment'}"
        yield f"id: {self.id}; service: {self.service}; severity: {self.severity}"
        yield f"defined in {self.file or self.module}"
        yield f"by default a violation is {self.by_default}; looks at each {self.scope}"
        if self.undecided is not None:
            yield f"by default a value that is not known is {self.undecided}"
        if self.controls:
            yield f"evidence for: {', '.join(self.controls)}"
        for name, info in self.parameters.model_fields.items():
            default = info.get_default(call_default_factory=True)
            yield f"parameter {name}: {info.description} Default: {default}"

    @property
    def cases(self) -> Sequence[Case]:
        """The rule's own examples: `CASES` in its file, or those of its row in a family."""
        if self.own_cases is not None:
            return self.own_cases() if callable(self.own_cases) else self.own_cases
        cases: Sequence[Case] = vars(sys.modules[self.module]).get("CASES", ())
        return cases

    @property
    def type_token(self) -> str | None:
        """The one type the rule is about, or the first of several."""
        types = self.types
        return types[0] if types else None

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"


def rule(  # noqa: PLR0913 a rule's facts, all by keyword
    *,
    severity: str,
    on: Selector,
    fix: str,
    controls: Sequence[str] = (),
    level: str | None = None,
    undecided: str | None = None,
    opt_in: bool = False,
    scope: Scope = "resource",
    parameters: type[Parameters] = NoParameters,
    when: Callable[[Any], bool] = always,
    found_by: Search | None = None,
    remedy: Remedy | None = None,
    id: str | None = None,  # noqa: A002 what settings call it
    service: str | None = None,
    title: str | None = None,
    why: str | None = None,
    cases: Sequence[Case] | Callable[[], tuple[Case, ...]] | None = None,
    module: str | None = None,
) -> Callable[[Check], Rule]:
    """Makes a rule of a function that yields violations.

    A rule takes its id and title from its file, its reason from the function and its cases from
    the file's `CASES`. Several rules that are one fact with a parameter (a port, a database flag)
    are a family: one file makes them from a table, names each by keyword, and lists them in
    `RULES`. What lies outside a service's folder names the service, too.

    The function takes a `Resource`, or the `Stack` where `scope` is "stack", and the parameters
    where the rule has any. It does not apply where `when` is false of that; where `when` raises
    `UndecidedError`, the rule is undecided.
    Critical and high rules are mandatory unless `level` says otherwise, when a value is not known
    too unless `undecided` does; those that are `opt_in` are asked where settings name them.
    Where many rules share one search, each names it as `found_by`: it is done once for them all.
    A rule about one resource may have a `remedy`: what to set so that it passes.

    Raises:
        ValueError: the file or the function has no docstring, a word is not one of the model's, or
            a rule about the whole stack has a remedy.
    """

    def decorate(check: Check) -> Rule:
        content: dict[str, Any] = getattr(check, "__globals__")  # noqa: B009 not in Callable's type
        name = module or str(content["__name__"])
        titled = (title or content.get("__doc__") or "").strip()
        reason = (why or check.__doc__ or "").strip()
        if not titled or not reason:
            raise ValueError(f"{name}: a rule's file and function each need a docstring")
        if remedy is not None and scope != "resource":
            raise ValueError(f"{name}: only a rule about one resource can have a remedy")
        graded = Severity(severity)
        *_, folder, file = ("", *name.split("."))
        return Rule(
            id=id or file.replace("_", "-"),
            service=service or folder,
            module=name,
            title=titled.splitlines()[0].rstrip("."),
            why=" ".join(reason.split()),
            severity=graded,
            on=on,
            controls=tuple(controls),
            fix=fix,
            level=EnforcementLevel(level) if level else graded.level,
            scope=scope,
            parameters=parameters,
            check=check,
            own_cases=cases if cases is None or callable(cases) else tuple(cases),
            when=when,
            opt_in=opt_in,
            undecided=EnforcementLevel(undecided) if undecided else None,
            found_by=found_by,
            remedy=remedy,
        )

    return decorate


@dataclass(frozen=True)
class EnforcedRule:
    """A rule as one stack's settings have it.

    Attributes:
        level: what a violation does.
        when_undecided: what is asked for when a value is not known before deployment.
        parameters: checked against the rule's own.
        remediates: whether the rule's remedy is applied to what is deployed.
    """

    rule: Rule
    level: EnforcementLevel
    when_undecided: EnforcementLevel
    parameters: Parameters
    remediates: bool = False

    @property
    def undecided(self) -> EnforcementLevel:
        """What it does when a value is not known: never more than a violation does."""
        return self.when_undecided.at_most(self.level)
