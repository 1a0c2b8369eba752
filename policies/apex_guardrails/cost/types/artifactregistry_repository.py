"""An Artifact Registry repository: what it stores."""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import ARTIFACTREGISTRY_REPOSITORY
from apex_guardrails.model import Resource


@priced(ARTIFACTREGISTRY_REPOSITORY, prices=("ar.gib_month",))
def repository(resource: Resource, pricing: Pricing) -> Components:
    """A virtual repository stores nothing of its own."""
    if resource.get("mode", omitted="STANDARD_REPOSITORY") != "VIRTUAL_REPOSITORY":
        gib = pricing.assumed("image_gib")
        yield pricing.component("storage", "ar.gib_month", gib, region=WORLDWIDE)
