"""Forwarding rules: those of load balancers, and endpoints of Private Service Connect.

Source: Cloud Load Balancing's and Virtual Private Cloud's price pages, 2026-11. The first five
rules of a place cost together what one does, and each further one its own; a place is a region, or
what belongs to none. Internal rules, and those of internal Application Load Balancers, which pay
for their proxies, have tables of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from apex_guardrails.cost.prices import GLOBAL, WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, place_of, priced
from apex_guardrails.cost.proxies import PROXIES, PROXY_PRICES, TCP_PROXIES, proxy_components
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.load_balancers import EXTERNAL, SCHEME
from apex_guardrails.gcp.types import (
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_SERVICE_ATTACHMENT,
)
from apex_guardrails.model import Resource, Stack, UndecidedError

_RULES: Final = (COMPUTE_FORWARDING_RULE, COMPUTE_GLOBAL_FORWARDING_RULE)
_COVERED: Final = 5


@priced(*_RULES, prices=("lb.*_hour", "psc.endpoint.hour", "psc.gib", *PROXY_PRICES))
def forwarding_rule(rule: Resource, pricing: Pricing) -> Components:
    """Of a place's external rules the first by URN carries the minimum, the next four nothing."""
    scheme = str(SCHEME.get(rule))
    region = _place(rule)
    if scheme in EXTERNAL:
        rank = pricing.index.once(_ranks)[rule.urn]
        if rank == 0:
            yield pricing.component(
                "first five rules", "lb.first5_rules_hour", HOURS_PER_MONTH, region=region
            )
            return
        hours = HOURS_PER_MONTH if rank >= _COVERED else 0
        yield pricing.component("rule", "lb.extra_rule_hour", hours, region=region)
    elif scheme == "":
        yield from _endpoint(rule, pricing)
    elif scheme == "INTERNAL":
        yield pricing.component("rule", "lb.extra_rule_hour", HOURS_PER_MONTH, region=region)
    elif scheme == "INTERNAL_MANAGED":
        if _is_tcp(rule):
            yield pricing.component("rule", "lb.extra_rule_hour", HOURS_PER_MONTH, region=region)
        elif next(rule.referred("target", *PROXIES), None) is None:
            # The proxies of one that is a resource of its own are counted there.
            yield from proxy_components(pricing)
    else:
        raise UnpricedError(f"there is no price for rules of the scheme {scheme}")


def _endpoint(rule: Resource, pricing: Pricing) -> Components:
    yield pricing.component("endpoint", "psc.endpoint.hour", HOURS_PER_MONTH, region=WORLDWIDE)
    published = "serviceAttachments" in str(rule.peek("target", omitted=""))
    if published or rule.refers_to("target", COMPUTE_SERVICE_ATTACHMENT):
        yield pricing.component(
            "data processed", "psc.gib", pricing.assumed("psc_gib"), region=WORLDWIDE
        )


def _is_tcp(rule: Resource) -> bool:
    """Whether it leads to a TCP proxy: a network load balancer, not one for applications."""
    known = "targetTcpProxies" in str(rule.peek("target", omitted=""))
    return known or next(rule.referred("target", *TCP_PROXIES), None) is not None


def _place(rule: Resource) -> str:
    return GLOBAL if rule.type.token == COMPUTE_GLOBAL_FORWARDING_RULE else place_of(rule)


def _ranks(stack: Stack) -> Mapping[str, int]:
    """Which of its place's external rules each one is, by URN, counted from 0."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in stack.of_type(*_RULES):
        try:
            if SCHEME.get(rule) in EXTERNAL:
                project = str(rule.peek("project", omitted=""))
                places[project, _place(rule)].append(rule.urn)
        except (UndecidedError, UnpricedError):
            continue  # it says so where it is priced itself
    return {urn: rank for urns in places.values() for rank, urn in enumerate(sorted(urns))}
