"""From a stack, prices and assumptions to what the stack costs. No file, no network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.free import is_free
from apex_guardrails.cost.model import Component, Estimate, FixedLine, StackCost
from apex_guardrails.cost.prices import WORLDWIDE, NoPriceError, Price, Prices
from apex_guardrails.cost.pricing import Estimator, Pricing, StackIndex
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.cost.usage import Usage
from apex_guardrails.model import STACK_TYPE, Resource, Stack, UndecidedError
from apex_guardrails.model.view import DependenciesUnknownError

_OF_THE_STACK: Final = (
    ("logs", "log.gib", "log_gib"),
    ("own metrics", "metric.mib", "metric_mib"),
    ("Prometheus samples", "prometheus.million_samples", "prometheus_samples"),
)
"""What is billed for the project and belongs to no resource: name, price and assumption."""


def estimate(
    stack: Stack, prices: Prices, usage: Usage, fixed: Iterable[FixedLine] = ()
) -> StackCost:
    """What a stack costs in a month.

    Args:
        stack: its resources.
        prices: of all regions.
        usage: what is assumed of its use.
        fixed: what is paid elsewhere for it.
    """
    index = StackIndex(stack)
    found: list[Estimate] = []
    free: list[str] = []
    for resource in stack:
        if not resource.custom or resource.type.token.startswith("pulumi:"):
            continue
        if resource.is_read:  # and paid for where it is made
            continue
        estimated = estimate_resource(resource, prices, usage, index)
        if estimated.components or estimated.unpriced:
            found.append(estimated)
        else:
            free.append(resource.urn)
    # By URN: a program registers its resources in another order at every run.
    found.sort(key=lambda item: item.urn)
    of_stack = _of_stack(stack, prices, usage, index)
    if of_stack.components:
        found.append(of_stack)
    net = tuple(_with_free_tiers(found, usage))
    if any(component.price.free for item in net for component in item.components):
        index.assumed.add("free_tier_used_elsewhere")
    assumed = frozenset(index.assumed | usage.given().keys()) - {"resources"}
    return StackCost(net, tuple(fixed), tuple(free), usage, assumed)


def estimate_resource(
    resource: Resource, prices: Prices, usage: Usage, index: StackIndex
) -> Estimate:
    """What one resource costs, before any free tier."""
    token = resource.type.token
    estimator = all_estimators().get(token)
    if estimator is None:
        reasons = [] if is_free(token) else [f"there is no price for the type {token}"]
        return Estimate(resource.urn, token, resource.parent, unpriced=tuple(reasons))
    pricing = Pricing(resource, prices, usage.for_resource(resource.name), index)
    components, unpriced = _components(estimator, resource, pricing)
    return Estimate(resource.urn, token, resource.parent, components, unpriced)


def _components(
    estimator: Estimator, resource: Resource, pricing: Pricing
) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    components: list[Component] = []
    try:
        components.extend(estimator.components(resource, pricing))
    except UndecidedError as undecided:
        return tuple(components), (f"{undecided.path} is not known before deployment",)
    except DependenciesUnknownError:
        return tuple(components), ("what it depends on is not known yet",)
    except (UnpricedError, NoPriceError) as error:
        return tuple(components), (str(error),)
    return tuple(components), ()


def _of_stack(stack: Stack, prices: Prices, usage: Usage, index: StackIndex) -> Estimate:
    """What the project is billed for as a whole, where the stack has anything in Google Cloud."""
    components = []
    if any(resource.type.package == "gcp" for resource in stack):
        for name, key, assumption in _OF_THE_STACK:
            quantity = getattr(usage, assumption).amounts
            if not quantity.is_zero:
                index.assumed.add(assumption)
                price = prices.price(key, WORLDWIDE)
                components.append(Component(name, key, WORLDWIDE, quantity, price))
    return Estimate(stack.urn, STACK_TYPE, components=tuple(components))


def _with_free_tiers(estimates: Iterable[Estimate], usage: Usage) -> Iterator[Estimate]:
    """The estimates with what free tiers cover, used up in their order."""
    left: dict[str, Amounts] = {}
    for item in estimates:
        components = []
        for component in item.components:
            if component.price.free is None:
                components.append(component)
                continue
            rest = left.get(component.key) or _allowance(component.price, usage)
            covered = component.quantity.at_most(rest)
            left[component.key] = rest - covered
            components.append(replace(component, free=covered))
        yield replace(item, components=tuple(components))


def _allowance(price: Price, usage: Usage) -> Amounts:
    """The units that are free for this stack."""
    share = Amounts.of(1)
    if price.free_for == "billing account":
        share -= usage.free_tier_used_elsewhere.amounts
    return share * (price.free or 0)
