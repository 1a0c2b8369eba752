"""A Cloud Run service: instances, requests, and what a public one sends to the internet."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.cloud_run import MOST_INSTANCES, price_served, read_size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true, read_bounded
from apex_guardrails.gcp.run import INGRESS, INTERNAL
from apex_guardrails.gcp.types import CLOUDRUNV2_SERVICE
from apex_guardrails.model import Resource


@priced(
    CLOUDRUNV2_SERVICE,
    prices=("run.request*", "run.instance.*", "run.idle.second", "egress.gib"),
)
def service(resource: Resource, pricing: Pricing) -> Components:
    """Instances by its scaling, which may stand at the service or at the revision."""
    of = read_size(resource, "template.containers")
    if resource.get("scaling.scalingMode", omitted="AUTOMATIC") == "MANUAL":
        least = read_bounded(
            resource, "scaling.manualInstanceCount", omitted=0, low=Decimal(0), high=None
        )
        most = least
    else:
        most = _most(resource)
        path = "scaling.minInstanceCount"
        path = path if resource.is_set(path) else f"template.{path}"
        least = read_bounded(resource, path, omitted=0, low=Decimal(0), high=most.high)
    # Google's default: the CPU is there during requests only.
    cpu_idle = all(
        is_true(container, "resources.cpuIdle", omitted=True)
        for container in resource.each("template.containers")
    )
    yield from price_served(of, least, most, pricing, cpu_idle=cpu_idle)
    if INGRESS[CLOUDRUNV2_SERVICE].get(resource) != INTERNAL[CLOUDRUNV2_SERVICE]:
        yield pricing.component("to the internet", "egress.gib", pricing.assumed("egress_gib"))


def _most(resource: Resource) -> Amounts:
    path = "scaling.maxInstanceCount"
    path = path if resource.is_set(path) else f"template.{path}"
    return read_bounded(resource, path, omitted=MOST_INSTANCES, low=Decimal(0), high=MOST_INSTANCES)
