"""A Cloud Scheduler job: it costs the same however often it runs."""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import CLOUDSCHEDULER_JOB
from apex_guardrails.model import Resource


@priced(CLOUDSCHEDULER_JOB, prices=("scheduler.job_month",))
def job(_: Resource, pricing: Pricing) -> Components:
    """The first three of a billing account are free."""
    yield pricing.component("job", "scheduler.job_month", 1, region=WORLDWIDE)
