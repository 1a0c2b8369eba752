"""An image of a disk or a machine: its GiB."""

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.disk_sizes import known_gib
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_IMAGE, COMPUTE_MACHINE_IMAGE
from apex_guardrails.model import Resource


@priced(COMPUTE_IMAGE, COMPUTE_MACHINE_IMAGE, prices=("image.gib_month",))
def image(resource: Resource, pricing: Pricing) -> Components:
    """The size that is given, or its source has, else the one that is assumed."""
    given = known_gib(resource)
    gib = pricing.assumed("snapshot_gib") if given is None else Amounts.of(given)
    yield pricing.component("storage", "image.gib_month", gib)
