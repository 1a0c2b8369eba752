"""A bucket: what it stores by class and place, the operations on it, what is read and sent.

Source: Cloud Storage's price page and documentation ("Bucket locations"), 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced, region_of
from apex_guardrails.cost.quantities import UnpricedError, read_text
from apex_guardrails.cost.transfer import (
    INTERNET_PRICES,
    TRANSFER_PRICES,
    between_regions,
    to_the_internet,
)
from apex_guardrails.gcp.types import CONTAINER_REGISTRY, STORAGE_BUCKET
from apex_guardrails.model import Resource

_CLASSES: Final = {
    "STANDARD": "",
    "REGIONAL": "",
    "MULTI_REGIONAL": "",
    "NEARLINE": "nearline.",
    "COLDLINE": "coldline.",
    "ARCHIVE": "archive.",
}
"""What stands in the keys of prices for a storage class."""
_LOCATION: Final = "US"
_PLACES: Final = "customPlacementConfig.dataLocations"
_PAIRS: Final = {
    frozenset(("us-central1", "us-east1")): "nam4",
    frozenset(("europe-north1", "europe-west4")): "eur4",
    frozenset(("asia-northeast1", "asia-northeast2")): "asia1",
}
"""The dual-regions that have a name, which a placement may also spell out."""
_WIDE: Final = ("us", "eu", "asia", *_PAIRS.values())
"""Multi-regions and dual-regions, where operations cost more."""
_TEN_THOUSAND: Final = Decimal("0.0001")


@priced(
    STORAGE_BUCKET,
    CONTAINER_REGISTRY,
    prices=("gcs.*", *INTERNET_PRICES, *TRANSFER_PRICES),
    by_use=True,
)
def bucket(resource: Resource, pricing: Pricing) -> Components:
    """A container registry is a bucket, too."""
    kind = str(resource.get("storageClass", omitted="STANDARD")).upper()
    if kind not in _CLASSES:
        raise UnpricedError(f"there is no price for the storage class {kind}")
    region = _place(resource)
    infix = _CLASSES[kind]
    yield pricing.component(
        f"storage ({kind.lower()})",
        f"gcs.{infix}gib_month",
        pricing.assumed("bucket_gib"),
        region=region,
    )
    yield from _operations(infix, pricing, region)
    if infix:
        gib = pricing.assumed("retrieved_gib")
        yield pricing.component("read", f"gcs.retrieval.{infix}gib", gib, region=WORLDWIDE)
    yield from between_regions(pricing, region)
    yield from to_the_internet(pricing, WORLDWIDE)


def _operations(infix: str, pricing: Pricing, region: str) -> Components:
    wide = "wide." if region in _WIDE else ""
    where = WORLDWIDE if wide or infix else region
    for name, usage in (("a", "bucket_writes"), ("b", "bucket_reads")):
        count = pricing.assumed(usage) * _TEN_THOUSAND
        key = f"gcs.{wide}{infix}class_{name}_10k"
        yield pricing.component(f"class {name.upper()} operations", key, count, region=where)


def _place(resource: Resource) -> str:
    """The region, or the multi-region or dual-region, whose prices count.

    Raises:
        UnpricedError: it is a pair of regions that has no name.
    """
    if resource.is_set("customPlacementConfig"):
        # Whether it is known at all, which its elements do not tell.
        resource.get(_PLACES)
        given = resource.paths(f"{_PLACES}[]")
        regions = sorted(read_text(resource, path).lower() for path in given)
        pair = _PAIRS.get(frozenset(regions))
        if pair is None:
            raise UnpricedError(
                f"there is no price for the dual-region of {' and '.join(regions) or 'no regions'}"
            )
        return pair
    return region_of(str(resource.get("location", omitted=_LOCATION)))
