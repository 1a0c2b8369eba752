"""A Cloud KMS key: one active version, and the operations with it."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import KMS_CRYPTO_KEY, KMS_CRYPTO_KEY_VERSION
from apex_guardrails.model import Resource


@priced(KMS_CRYPTO_KEY, KMS_CRYPTO_KEY_VERSION, prices=("kms.*",))
def crypto_key(key: Resource, pricing: Pricing) -> Components:
    """A key that a program makes has one version; rotation adds more as time goes by."""
    level = key.get("versionTemplate.protectionLevel", omitted="SOFTWARE")
    if level != "SOFTWARE":
        raise UnpricedError(f"there is no price for keys with the protection level {level}")
    yield pricing.component("version", "kms.version_month", 1, region=WORLDWIDE)
    if key.type.token.endswith(":CryptoKey"):
        operations = pricing.assumed("kms_operations") * Decimal("0.0001")
        yield pricing.component("operations", "kms.ops_10k", operations, region=WORLDWIDE)
