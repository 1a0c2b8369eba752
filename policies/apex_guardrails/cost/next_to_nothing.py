"""What settings price at next to nothing: an hour of use, or an own price, hides any sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Final

from apex_guardrails.cost.estimate import estimate_resource
from apex_guardrails.cost.model import FixedLine, StackCost
from apex_guardrails.cost.prices import Prices
from apex_guardrails.cost.pricing import StackIndex
from apex_guardrails.cost.usage import Assumption, ResourceUsage, Usage
from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.cost import dollars
from apex_guardrails.model.phrases import listed

_SHARE: Final = Decimal("0.01")
"""Less than this share of what the defaults say is next to nothing."""

_LEAST: Final = Decimal(1)
"""US dollars a month; what costs less by the defaults is not worth a line."""

_MOST_NAMED: Final = 3


@dataclass(frozen=True)
class Counted:
    """Two estimates of a stack, and the figure of them that is held against limits.

    Attributes:
        stack: its resources.
        prices: those that the settings make count.
        counts: low, expected or high.
        cost: by the settings.
        by_default: by the packaged prices and the assumptions that nobody set.
    """

    stack: Stack
    prices: Prices
    counts: str
    cost: StackCost
    by_default: StackCost


def next_to_nothing(counted: Counted) -> Iterator[str]:
    """What is priced at next to nothing, a line for all that is so for the same reason."""
    figure = attrgetter(counted.counts)
    defaults = {item.urn: figure(item.monthly) for item in counted.by_default.estimates}
    groups: dict[str, dict[str, Decimal]] = {}
    for item in counted.cost.estimates:
        usual = defaults.get(item.urn, Decimal(0))
        resource = counted.stack.resources.get(item.urn)
        is_worth_it = usual >= _LEAST and figure(item.monthly) < usual * _SHARE
        if resource is not None and resource.custom and is_worth_it:
            groups.setdefault(_reason(resource, counted), {})[item.name] = usual
    for reason in sorted(groups):
        found = groups[reason]
        total = sum(found.values(), Decimal(0))
        names = sorted(found, key=lambda name: (-found[name], name))
        yield (
            f"assumes {reason} of {listed(names, _MOST_NAMED)}, "
            f"for {dollars(total)} USD a month by the defaults"
        )
    yield from map(_line, filter(_is_nothing, counted.cost.fixed))


def _reason(resource: Resource, counted: Counted) -> str:
    """The assumptions that make a resource cost next to nothing; else it is the prices."""
    usage = counted.cost.usage.for_resource(resource.name)
    index = StackIndex(counted.stack)
    estimate_resource(resource, counted.prices, counted.cost.usage, index)
    small = [
        f"{name} {getattr(getattr(usage, name), counted.counts):f}"
        for name in sorted(index.assumed)
        if _is_small(usage, name, counted.counts)
    ]
    return " and ".join(small) or "other prices"


def _is_small(usage: ResourceUsage, name: str, counts: str) -> bool:
    figures, usual = getattr(usage, name, None), getattr(Usage(), name, None)
    if not isinstance(figures, Assumption) or not isinstance(usual, Assumption):
        return False
    figure, default = getattr(figures, counts), getattr(usual, counts)
    return bool(figure < default * _SHARE)


def _is_nothing(line: FixedLine) -> bool:
    return line.monthly.is_zero


def _line(line: FixedLine) -> str:
    return f"assumes that {line.name}, paid elsewhere, costs nothing"
