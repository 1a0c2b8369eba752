"""Cloud Armor: the policy, its rules, and the requests that it looks at."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_SECURITY_POLICY, COMPUTE_SECURITY_POLICY_RULE
from apex_guardrails.model import Resource

_MILLION = Decimal("0.000001")


@priced(COMPUTE_SECURITY_POLICY, prices=("armor.*",))
def security_policy(policy: Resource, pricing: Pricing) -> Components:
    """Every rule counts, the default one too: whether Google leaves it out is not documented."""
    rules = sum(1 for _ in policy.each("rules"))
    yield pricing.component("policy", "armor.policy_month", 1, region=WORLDWIDE)
    yield pricing.component("rules", "armor.rule_month", rules, region=WORLDWIDE)
    yield pricing.component(
        "requests",
        "armor.million_requests",
        pricing.assumed("requests") * _MILLION,
        region=WORLDWIDE,
    )


@priced(COMPUTE_SECURITY_POLICY_RULE, prices=("armor.rule_month",))
def security_policy_rule(_: Resource, pricing: Pricing) -> Components:
    """A rule that is a resource of its own."""
    yield pricing.component("rule", "armor.rule_month", 1, region=WORLDWIDE)
