"""A bucket: what it stores by class, and the operations on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import CONTAINER_REGISTRY, STORAGE_BUCKET
from apex_guardrails.model import Resource

_CLASSES: Final = {
    "STANDARD": "gcs.gib_month",
    "REGIONAL": "gcs.gib_month",
    "MULTI_REGIONAL": "gcs.gib_month",
    "NEARLINE": "gcs.nearline.gib_month",
    "COLDLINE": "gcs.coldline.gib_month",
}
_TEN_THOUSAND: Final = Decimal("0.0001")


@priced(STORAGE_BUCKET, CONTAINER_REGISTRY, prices=("gcs.*",))
def bucket(resource: Resource, pricing: Pricing) -> Components:
    """A container registry is a bucket, too."""
    kind = str(resource.get("storageClass", omitted="STANDARD")).upper()
    if kind not in _CLASSES:
        raise UnpricedError(f"there is no price for the storage class {kind}")
    yield pricing.component(
        f"storage ({kind.lower()})", _CLASSES[kind], pricing.assumed("bucket_gib")
    )
    if _CLASSES[kind] != "gcs.gib_month":
        raise UnpricedError(f"there is no price for operations in the storage class {kind}")
    writes = pricing.assumed("bucket_writes") * _TEN_THOUSAND
    reads = pricing.assumed("bucket_reads") * _TEN_THOUSAND
    yield pricing.component("class A operations", "gcs.class_a_10k", writes)
    yield pricing.component("class B operations", "gcs.class_b_10k", reads)
