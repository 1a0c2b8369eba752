"""A Cloud Run service of the first API version, where annotations say how it scales."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.cloud_run import MOST_INSTANCES, served, size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import bounded
from apex_guardrails.gcp.types import CLOUDRUN_SERVICE
from apex_guardrails.model import Resource

_TEMPLATE = 'template.metadata.annotations["{}"]'
_INGRESS = 'metadata.annotations["run.googleapis.com/ingress"]'


@priced(
    CLOUDRUN_SERVICE,
    prices=("run.request*", "run.instance.*", "run.idle.second", "egress.gib"),
)
def service(resource: Resource, pricing: Pricing) -> Components:
    """As the second version, by other names."""
    of = size(resource, "template.spec.containers")
    most = bounded(
        resource,
        _TEMPLATE.format("autoscaling.knative.dev/maxScale"),
        omitted=MOST_INSTANCES,
        low=Decimal(0),
        high=MOST_INSTANCES,
    )
    least = bounded(
        resource,
        _TEMPLATE.format("autoscaling.knative.dev/minScale"),
        omitted=0,
        low=Decimal(0),
        high=most.high,
    )
    throttled = resource.get(_TEMPLATE.format("run.googleapis.com/cpu-throttling"), omitted="true")
    cpu_idle = str(throttled).lower() != "false"
    yield from served(of, least, most, pricing, cpu_idle=cpu_idle)
    if resource.get(_INGRESS, omitted="all") != "internal":
        yield pricing.component("to the internet", "egress.gib", pricing.assumed("egress_gib"))
