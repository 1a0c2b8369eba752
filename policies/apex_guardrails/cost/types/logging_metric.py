"""Metrics of one's own: from logs, or written by a program.

Source: Google Cloud Observability's price page, 2026-11.
"""

from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import LOGGING_METRIC
from apex_guardrails.model import Resource


@priced(
    LOGGING_METRIC,
    "gcp:monitoring/metricDescriptor:MetricDescriptor",
    prices=("metric.mib", "metric.read_1k"),
    by_use=True,
)
def metric(_: Resource, pricing: Pricing) -> Components:
    """What is written and read; the stack's `metric_mib` has what no type is about."""
    mib = pricing.assumed("own_metric_mib")
    yield pricing.component("data points", "metric.mib", mib, region=WORLDWIDE)
    reads = pricing.assumed("metric_reads") * Decimal("0.001")
    yield pricing.component("reads", "metric.read_1k", reads, region=WORLDWIDE)
