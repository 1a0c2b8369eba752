"""A subnetwork: free, but for its flow logs."""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import Resource


@priced(COMPUTE_SUBNETWORK, prices=("log.vended_gib",), by_use=True)
def subnetwork(resource: Resource, pricing: Pricing) -> Components:
    """What flow logs amount to is assumed."""
    if resource.is_set("logConfig") or is_true(resource, "enableFlowLogs", omitted=False):
        yield pricing.component("flow logs", "log.vended_gib", pricing.assumed("flow_log_gib"))
