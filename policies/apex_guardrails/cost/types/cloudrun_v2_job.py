"""A Cloud Run job: its tasks while they run, at the price of instance-based billing."""

from apex_guardrails.cost.cloud_run import running, size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.model import Resource


@priced("gcp:cloudrunv2/job:Job", prices=("run.instance.*",))
def job(resource: Resource, pricing: Pricing) -> Components:
    """How long tasks run is assumed."""
    of = size(resource, "template.template.containers")
    yield from running("instance", "tasks", pricing.assumed("job_hours") * 3600, of, pricing)
