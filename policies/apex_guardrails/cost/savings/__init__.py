"""Where the same could cost less: advice with an amount, which judges nothing and blocks nothing.

Each amount is what that advice saves by itself. Two about one resource do not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from apex_guardrails.cost.model import Estimate, Saving
from apex_guardrails.cost.needs import Needs
from apex_guardrails.cost.prices import Prices
from apex_guardrails.cost.pricing import Pricing, StackIndex
from apex_guardrails.cost.savings.databases import smaller_tier
from apex_guardrails.cost.savings.machines import machine_savings
from apex_guardrails.cost.savings.unused import unused
from apex_guardrails.cost.usage import Usage
from apex_guardrails.model import Stack

__all__ = ["find_savings"]


def find_savings(
    stack: Stack,
    estimates: Iterable[Estimate],
    prices: Prices,
    usage: Usage,
    needs: Mapping[str, Needs],
) -> tuple[Saving, ...]:
    """What could cost less, the most first.

    Args:
        stack: its resources.
        estimates: what they cost.
        prices: of all regions.
        usage: what is assumed of the stack's use.
        needs: by pattern of a resource's name: what a machine or a database needs.
    """
    index = StackIndex(stack)
    found = [
        saving
        for item in estimates
        for saving in _of(item, index, prices, usage, needs)
        if saving.monthly.expected > 0
    ]
    return tuple(sorted(found, key=lambda item: (-item.monthly.expected, item.urn, item.advice)))


def _of(
    item: Estimate, index: StackIndex, prices: Prices, usage: Usage, needs: Mapping[str, Needs]
) -> Iterator[Saving]:
    resource = index.stack.resources.get(item.urn)
    if resource is None or not resource.custom or not item.components:
        return
    pricing = Pricing(resource, prices, usage.for_resource(resource.name), index)
    need = None
    for pattern, given in needs.items():
        if fnmatchcase(resource.name, pattern):
            need = given
    yield from unused(item, resource, index)
    yield from machine_savings(item, pricing, prices, need)
    if need is not None:
        yield from smaller_tier(item, pricing, need)
