"""What the estimator of a resource type works with, and how one is declared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Final, Never, TypeAlias, TypeVar

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.model import Component
from apex_guardrails.cost.prices import Prices
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.usage import Assumption, ResourceUsage
from apex_guardrails.model import UNKNOWN, Resource, Stack, UndecidedError

_ZONE: Final = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")
_PLACES: Final = ("region", "location", "zone", "nodeLocations[0]")


_Answer = TypeVar("_Answer")


@dataclass
class StackIndex:
    """Questions about a whole stack, answered in one pass over it."""

    stack: Stack
    assumed: set[str] = field(default_factory=set)
    """The names of the assumptions that were needed."""
    _answers: dict[Callable[[Stack], Any], Any] = field(default_factory=dict)

    @cached_property
    def _users(self) -> Mapping[str, list[Resource]]:
        users: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.stack:
            for urn in {
                urn for urns in (resource.property_dependencies or {}).values() for urn in urns
            }:
                users[urn].append(resource)
        return users

    def users(self, resource: Resource) -> list[Resource]:
        """The resources with an input that is made from a resource's output."""
        return self._users.get(resource.urn, [])

    def once(self, question: Callable[[Stack], _Answer]) -> _Answer:
        """What a function says of the stack, asked only once."""
        if question not in self._answers:
            self._answers[question] = question(self.stack)
        answer: _Answer = self._answers[question]
        return answer


class Pricing:
    """Prices and assumptions for one resource."""

    def __init__(
        self, resource: Resource, prices: Prices, usage: ResourceUsage, index: StackIndex
    ) -> None:
        self.resource = resource
        self.usage = usage
        self.index = index
        self._prices = prices

    @cached_property
    def region(self) -> str:
        """The region that the resource is in; of a zone, the region around it.

        Raises:
            UndecidedError: it is not known before deployment.
            UnpricedError: nothing says where it is.
        """
        return place_of(self.resource)

    def assumed(self, name: str) -> Amounts:
        """What is assumed of the resource, by the assumption's name; it will be shown as used."""
        self.index.assumed.add(name)
        assumption: Assumption = getattr(self.usage, name)
        return assumption.amounts

    def component(
        self, name: str, key: str, quantity: Amounts | Decimal | int, *, region: str | None = None
    ) -> Component:
        """So many units of something that has a price.

        Raises:
            NoPriceError: it has none in the region.
        """
        amounts = quantity if isinstance(quantity, Amounts) else Amounts.of(quantity)
        where = region or self.region
        return Component(name, key, where, amounts, self._prices.price(key, where))


def place_of(resource: Resource) -> str:
    """The region that a resource is in; of a zone, the region around it.

    A place that is another resource's output is that resource's.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: nothing says where it is.
    """
    for path in _PLACES:
        if resource.peek(path) is UNKNOWN:
            places = {place_of(source) for source in _located(resource, path)}
            if len(places) == 1:
                return places.pop()
        place = resource.get(path)
        if isinstance(place, str) and place:
            return region_of(place)
    return region_of(_inherited(resource, "region") or zone_of_provider(resource) or _nowhere())


def zone_of_provider(resource: Resource) -> str | None:
    """The zone of what says of itself nothing.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    return _inherited(resource, "zone")


def _inherited(resource: Resource, name: str) -> str | None:
    given = resource.provider.get(name) or resource.stack.config.get(f"gcp:{name}")
    if given is UNKNOWN:
        raise UndecidedError(f"provider.{name}")
    return given if isinstance(given, str) and given else None


def _nowhere() -> Never:
    raise UnpricedError("nothing says which region it is in")


def _located(resource: Resource, path: str) -> list[Resource]:
    """What of the stack an input is made from, if all of it says where it is."""
    if resource.property_dependencies is None:
        return []
    sources = list(resource.sources(path))
    are_here = all(source.type.locations and not source.is_read for source in sources)
    return sources if are_here else []


def region_of(place: str) -> str:
    """The region of a zone or a URL of either; of a region, itself."""
    name = place.rstrip("/").rpartition("/")[2].lower()
    match = _ZONE.fullmatch(name)
    return match[1] if match else name


Components: TypeAlias = Iterator[Component]
_Function: TypeAlias = "Callable[[Resource, Pricing], Components]"


@dataclass(frozen=True)
class Estimator:
    """How resources of some types are priced.

    Attributes:
        tokens: the types.
        components: what of a resource is billed. Where it raises `UndecidedError`,
            `UnpricedError` or `NoPriceError`, what it has yielded counts, and the rest is unpriced.
        prices: patterns of the keys of all prices that it may ask for.
        by_use: whether a resource that nobody uses costs nothing.
    """

    tokens: tuple[str, ...]
    components: _Function
    prices: tuple[str, ...] = ()
    by_use: bool = False

    def uses(self, key: str) -> bool:
        """Whether it may ask for a price."""
        return any(fnmatchcase(key, pattern) for pattern in self.prices)


def priced(
    *tokens: str, prices: tuple[str, ...] = (), by_use: bool = False
) -> Callable[[_Function], Estimator]:
    """Declares the function that prices resources of some types.

    Args:
        tokens: the types.
        prices: patterns of the keys of all prices that it may ask for, such as `redis.basic.*`.
        by_use: whether a resource that nobody uses costs nothing.
    """
    return lambda function: Estimator(tokens, function, prices, by_use)
