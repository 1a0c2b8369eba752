"""An Artifact Registry repository: what it stores, sends to other regions, and has scanned.

Source: Artifact Registry's and Artifact Analysis' price pages, 2026-11.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.transfer import between_regions
from apex_guardrails.gcp.types import ARTIFACTREGISTRY_REPOSITORY, PROJECTS_SERVICE
from apex_guardrails.model import Resource, Stack

_SCANNING: Final = "vulnerabilityScanningConfig.enablementConfig"
_API: Final = "containerscanning.googleapis.com"


@priced(
    ARTIFACTREGISTRY_REPOSITORY,
    prices=("ar.gib_month", "image.scan", "ar.transfer.*"),
    by_use=True,
)
def repository(resource: Resource, pricing: Pricing) -> Components:
    """A virtual repository stores nothing of its own."""
    if resource.get("mode", omitted="STANDARD_REPOSITORY") == "VIRTUAL_REPOSITORY":
        return
    gib = pricing.assumed("image_gib")
    yield pricing.component("storage", "ar.gib_month", gib, region=WORLDWIDE)
    if _is_scanned(resource, pricing):
        images = pricing.assumed("scanned_images")
        yield pricing.component("images scanned", "image.scan", images, region=WORLDWIDE)
    yield from between_regions(pricing, prefix="ar.transfer")


def _is_scanned(resource: Resource, pricing: Pricing) -> bool:
    """Images are scanned as they come in, where the project has the API on and nothing forbids."""
    if str(resource.get("format", omitted="")).upper() != "DOCKER":
        return False
    setting = resource.get(_SCANNING, omitted=None)
    if setting is None:
        return pricing.index.once(_has_the_api)
    return bool(setting != "DISABLED")


def _has_the_api(stack: Stack) -> bool:
    return any(
        service.peek("service", omitted="") == _API for service in stack.of_type(PROJECTS_SERVICE)
    )
