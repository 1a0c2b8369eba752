"""An image of a disk or a machine: its GiB."""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_number
from apex_guardrails.gcp.types import COMPUTE_IMAGE, COMPUTE_MACHINE_IMAGE
from apex_guardrails.model import Resource


@priced(COMPUTE_IMAGE, COMPUTE_MACHINE_IMAGE, prices=("image.gib_month",))
def image(resource: Resource, pricing: Pricing) -> Components:
    """The size that is given, else the one that is assumed."""
    given = read_number(resource, "diskSizeGb", omitted=0)
    yield pricing.component("storage", "image.gib_month", given or pricing.assumed("snapshot_gib"))
