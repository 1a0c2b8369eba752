"""A stack as a rule sees it: its resources, with an index by type and by reference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self, TypeVar

from apex_guardrails.model.assumed import AssumedAnswer, GuessedBoolean, UnrunCallback
from apex_guardrails.model.cost import Spending
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.credentials.forms import members
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import STACK_TYPE, ResourceType, type_of
from apex_guardrails.model.view import DependenciesUnknownError, UndecidedError, View
from apex_guardrails.model.violation import Violation

AnyView = TypeVar("AnyView", bound=View)
Made = TypeVar("Made")


CONFIGURED, WHOLE = "configured", "whole"
"""The messages about the stack itself: before its resources, and with all of them."""


class Reason(NamedTuple):
    """Why something will not be known here, and what to do about it, without its full stop."""

    because: str
    step: str


@dataclass
class Stack:
    """The stack as a whole: its name, its secret config, its resources and its outputs.

    Attributes:
        config_places: where a value of the config is written, by key, as far as the source knows.
        spending: what it costs and may cost; without limits unless whoever judges it sets them.
        has_config: whether the source knows the config, and so where a value that is marked secret
            comes from; a state of what exists does not have it, nor what Pulumi says of a preview.
        is_deployed: whether it is there already.
        known_by: what makes a value known that is not, without its full stop, where it is not what
            makes one known in a program that is run here.
        without_dependencies: why the source cannot tell what depends on what; `None` where it can.
        unanswered: the functions, by token, whose answers the source does not know.
        assumed: the calls of functions that stand-ins answered, and how often each was made.
        guessed: booleans in assumed answers that decided what the program made.
        read: how many resources of each type the program reads of which nothing is known: they are
            not among the resources.
        references: the other stacks that the program reads, by the URN of what reads them.
        unknown_stacks: those of them whose outputs the source does not know.
        unrun: functions given to `apply` that did not run, and may make resources.
        not_run: why, of each component by its URN that nobody ran here: what it makes is missing.
        analyzed: Pulumi's own messages to policies, by the resource's URN and as `CONFIGURED` and
            `WHOLE`, where the source got them and policies of Pulumi's own kind are asked.
        options: the options of resources as such messages have them, by URN.
        made: what was made once, of it and of its resources, by what made it.
        is_evaluated: whether a rule in force is about a type; whoever judges the stack says it.
        equivalent: what a resource of another provider is as one of Google Cloud's own; `None`
            where it is none. `of_type` has it among those of its type.
    """

    name: str
    project: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret_config: SecretConfig = field(default_factory=SecretConfig)
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: Resource | None = None
    spending: Spending = field(default_factory=Spending)
    has_config: bool = True
    is_deployed: bool = False
    known_by: str = ""
    config_places: Mapping[str, str] = field(default_factory=dict)
    without_dependencies: Reason | None = None
    unanswered: set[str] = field(default_factory=set)
    assumed: Counter[AssumedAnswer] = field(default_factory=Counter)
    guessed: list[GuessedBoolean] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    references: dict[str, str] = field(default_factory=dict)
    unknown_stacks: set[str] = field(default_factory=set)
    unrun: list[UnrunCallback] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    is_evaluated: Callable[[ResourceType], bool] = lambda _: False
    analyzed: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    options: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    equivalent: Callable[[Resource], Resource | None] = lambda _: None
    _by_type: dict[str, dict[str, Resource]] = field(default_factory=lambda: defaultdict(dict))
    _ordered: dict[str, list[Resource]] = field(default_factory=dict)
    made: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def urn(self) -> str:
        """The URN of the stack itself, which stack-wide violations name."""
        return f"urn:pulumi:{self.name}::{self.project}::{STACK_TYPE}::{self.project}-{self.name}"

    def plain_config(self, text: str) -> str:
        """The config key whose value, which is not secret, is a text, and where it is written.

        Returns:
            Such as `shop:password in Pulumi.dev.yaml:4`; "" where there is none.
        """
        for key, value in self.config.items():
            if key not in self.secret_config.values and text in {value, *members(value)}:
                place = self.config_places.get(key)
                return f"{key} in {place}" if place else key
        return ""

    def add(self, resource: Resource) -> Self:
        """Takes a resource in, in place of one with the same URN."""
        before = self.resources.get(resource.urn)
        for item in (before, before.equivalent) if before is not None else ():
            if item is not None:
                del self._by_type[item.type.token][item.urn]
                self._ordered.pop(item.type.token, None)
        resource.equivalent = self.equivalent(resource)
        for item in (resource, resource.equivalent):
            if item is not None:
                self._by_type[item.type.token][item.urn] = item
                self._ordered.pop(item.type.token, None)
        self.resources[resource.urn] = resource
        self.forget()
        return self

    def type_of(self, urn: str) -> str:
        """The type token of a resource, as rules know it; of one that is not here, the URN's."""
        resource = self.resources.get(urn)
        return type_of(urn) if resource is None else (resource.equivalent or resource).type.token

    def once(self, make: Callable[[Self], Made]) -> Made:
        """What is made of the whole stack for all who ask for it, until the stack changes."""
        if make not in self.made:
            self.made[make] = make(self)
        made: Made = self.made[make]
        return made

    def forget(self) -> None:
        """What was made of the stack holds no longer, as a resource is another now."""
        if self.made:
            self.made.clear()

    def dissolve(self) -> None:
        """Lets go of everything, where many stacks are made: resources know the stack they are in.

        What refers to one another is else found by the garbage collector alone, and late.
        """
        self.outputs = None
        for kept in (self.resources, self._by_type, self._ordered, self.made):
            kept.clear()

    def deployed(self) -> Iterator[Resource]:
        """What is in the cloud: no components, no providers, not the stack itself."""
        for resource in self.resources.values():
            if resource.custom and not resource.type.token.startswith("pulumi:"):
                yield resource

    def of_type(self, *tokens: str) -> Iterator[Resource]:
        """The resources of some types, by URN: a program registers them in no order."""
        for token in tokens:
            yield from self._in_order(token)

    def _in_order(self, token: str) -> list[Resource]:
        if token not in self._ordered:
            there = self._by_type.get(token, {})
            self._ordered[token] = [there[urn] for urn in sorted(there)]
        return self._ordered[token]

    def referring_to(self, resource: Resource, *tokens: str) -> Iterator[Resource]:
        """The resources of some types with an input that is made from a resource's output.

        Raises:
            DependenciesUnknownError: the source does not know the dependencies yet.
        """
        for other in self.of_type(*tokens):
            if other.property_dependencies is None:
                raise DependenciesUnknownError
            if any(resource.urn in urns for urns in other.property_dependencies.values()):
                yield other

    @staticmethod
    def each(
        resources: Iterable[AnyView], check: Callable[[AnyView], Iterable[Violation]]
    ) -> Iterator[Violation]:
        """What a check says of each resource, or part of one, the violations first.

        Raises:
            UndecidedError: after all that is known: a resource has a value that is not.
        """
        undecided: UndecidedError | None = None
        for resource in resources:
            try:
                yield from check(resource)
            except UndecidedError as error:
                error.resource = error.resource or resource.resource
                undecided = undecided or error
        if undecided is not None:
            raise undecided

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def fail(self, message: str, *, at: str = "") -> Violation:
        """What a rule yields when no single resource is at fault."""
        return Violation(self.urn, message, at)
