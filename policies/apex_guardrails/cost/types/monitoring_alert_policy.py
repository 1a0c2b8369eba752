"""An alert: its conditions."""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.gcp.alerts import ENABLED
from apex_guardrails.gcp.types import MONITORING_ALERT_POLICY
from apex_guardrails.model import Resource


@priced(MONITORING_ALERT_POLICY, prices=("alert.condition_month",))
def alert_policy(policy: Resource, pricing: Pricing) -> Components:
    """A price that was announced; the one for the points that queries return is not counted."""
    if is_true(policy, ENABLED.path, omitted=ENABLED.omitted):
        conditions = sum(1 for _ in policy.each("conditions"))
        yield pricing.component("conditions", "alert.condition_month", conditions, region=WORLDWIDE)
