"""A snapshot of a disk: its GiB."""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_SNAPSHOT
from apex_guardrails.model import Resource


@priced(COMPUTE_SNAPSHOT, prices=("pd-snapshot.gib_month",))
def snapshot(_: Resource, pricing: Pricing) -> Components:
    """It is compressed, so its size is assumed."""
    yield pricing.component("storage", "pd-snapshot.gib_month", pricing.assumed("snapshot_gib"))
