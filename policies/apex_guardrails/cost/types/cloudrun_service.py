"""A Cloud Run service of the first API version, where annotations say how it scales."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.cloud_run import MOST_INSTANCES, price_served, read_size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_bounded
from apex_guardrails.gcp.run import INGRESS, INTERNAL
from apex_guardrails.gcp.run_annotations import CPU_THROTTLING, MAX_SCALE, MIN_SCALE, of_revision
from apex_guardrails.gcp.types import CLOUDRUN_SERVICE
from apex_guardrails.model import Resource


@priced(
    CLOUDRUN_SERVICE,
    prices=("run.request*", "run.instance.*", "run.idle.second", "egress.gib"),
)
def service(resource: Resource, pricing: Pricing) -> Components:
    """As the second version, by other names."""
    of = read_size(resource, "template.spec.containers")
    most = read_bounded(
        resource,
        of_revision(MAX_SCALE),
        omitted=MOST_INSTANCES,
        low=Decimal(0),
        high=MOST_INSTANCES,
    )
    least = read_bounded(
        resource,
        of_revision(MIN_SCALE),
        omitted=0,
        low=Decimal(0),
        high=most.high,
    )
    throttled = resource.get(of_revision(CPU_THROTTLING), omitted="true")
    cpu_idle = str(throttled).lower() != "false"
    yield from price_served(of, least, most, pricing, cpu_idle=cpu_idle)
    if INGRESS[CLOUDRUN_SERVICE].get(resource) != INTERNAL[CLOUDRUN_SERVICE]:
        yield pricing.component("to the internet", "egress.gib", pricing.assumed("egress_gib"))
