"""A Cloud Run job: its tasks while they run, at the price of instance-based billing."""

from apex_guardrails.cost.cloud_run import price_running, read_size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import CLOUDRUNV2_JOB
from apex_guardrails.model import Resource


@priced(CLOUDRUNV2_JOB, prices=("run.instance.*",), by_use=True)
def job(resource: Resource, pricing: Pricing) -> Components:
    """How long tasks run is assumed."""
    of = read_size(resource, "template.template.containers")
    yield from price_running("instance", "tasks", pricing.assumed("job_hours") * 3600, of, pricing)
