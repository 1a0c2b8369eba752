"""A proxy of an application load balancer: billed where the load balancer is an internal one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.proxies import PROXIES, PROXY_PRICES, proxy_components
from apex_guardrails.gcp.load_balancers import SCHEME
from apex_guardrails.gcp.types import COMPUTE_FORWARDING_RULE, COMPUTE_GLOBAL_FORWARDING_RULE
from apex_guardrails.model import Resource

_RULES: Final = (COMPUTE_FORWARDING_RULE, COMPUTE_GLOBAL_FORWARDING_RULE)
_REGIONAL: Final = ":RegionTarget"


@priced(*PROXIES, prices=PROXY_PRICES, by_use=True)
def proxy(target: Resource, pricing: Pricing) -> Components:
    """A regional one that no rule of the stack leads to may be internal or external: a range."""
    rules = [user for user in pricing.index.users(target) if user.type.token in _RULES]
    if any(SCHEME.get(rule) == "INTERNAL_MANAGED" for rule in rules):
        yield from proxy_components(pricing)
    elif not rules and _REGIONAL in target.type.token:
        maybe = Amounts(Decimal(0), Decimal(1), Decimal(1))
        yield from proxy_components(pricing, share=maybe)
