"""A forwarding rule: the first five of a project cost together what one does, then each its own.

Source: Cloud Load Balancing's price page, 2026-11.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.load_balancers import SCHEME
from apex_guardrails.gcp.types import COMPUTE_FORWARDING_RULE, COMPUTE_GLOBAL_FORWARDING_RULE
from apex_guardrails.model import Resource

_RULES: Final = (COMPUTE_FORWARDING_RULE, COMPUTE_GLOBAL_FORWARDING_RULE)
_COVERED: Final = 5


@priced(*_RULES, prices=("lb.*_hour",))
def forwarding_rule(rule: Resource, pricing: Pricing) -> Components:
    """The first rule by URN carries the minimum; the next four add nothing to it."""
    if SCHEME.get(rule) == "":
        raise UnpricedError("there is no price for endpoints of Private Service Connect")
    region = GLOBAL if rule.type.token == COMPUTE_GLOBAL_FORWARDING_RULE else pricing.region
    place = pricing.index.position(rule, *_RULES)
    if place == 0:
        yield pricing.component(
            "first five rules", "lb.first5_rules_hour", HOURS_PER_MONTH, region=region
        )
    else:
        extra = HOURS_PER_MONTH if place >= _COVERED else 0
        yield pricing.component("rule", "lb.extra_rule_hour", extra, region=region)
