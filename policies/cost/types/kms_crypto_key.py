"""A Cloud KMS key: one active version, and the operations with it."""

from __future__ import annotations

from decimal import Decimal

from policies.cost.prices import WORLDWIDE
from policies.cost.pricing import Components, Pricing, priced
from policies.cost.quantities import UnpricedError
from policies.model import Resource


@priced(
    "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyVersion:CryptoKeyVersion", prices=("kms.*",)
)
def crypto_key(key: Resource, pricing: Pricing) -> Components:
    """A key that a program makes has one version; rotation adds more as time goes by."""
    level = key.get("versionTemplate.protectionLevel", omitted="SOFTWARE")
    if level != "SOFTWARE":
        raise UnpricedError(f"there is no price for keys with the protection level {level}")
    yield pricing.component("version", "kms.version_month", 1, region=WORLDWIDE)
    if key.type.token.endswith(":CryptoKey"):
        operations = pricing.assumed("kms_operations") * Decimal("0.0001")
        yield pricing.component("operations", "kms.ops_10k", operations, region=WORLDWIDE)
