"""A Cloud KMS key: its active versions, and the operations with it.

Source: Cloud KMS' price page, in force since 2025-03-17.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import KMS_CRYPTO_KEY, KMS_CRYPTO_KEY_VERSION
from apex_guardrails.model import Resource

_LEVEL: Final = "versionTemplate.protectionLevel"
_ALGORITHM: Final = "versionTemplate.algorithm"
_SYMMETRIC: Final = "GOOGLE_SYMMETRIC_ENCRYPTION"
_DEAR: Final = re.compile(r"EC_|RSA_.*_(?:3072|4096)_?")
"""The algorithms that cost more on a hardware module."""
_SECONDS_OF_A_YEAR: Final = Decimal(365 * 24 * 3600)
_EXPECTED_YEARS: Final = 1
_MOST_YEARS: Final = 3


@priced(KMS_CRYPTO_KEY, prices=("kms.*",))
def crypto_key(key: Resource, pricing: Pricing) -> Components:
    """Every version costs until it is destroyed, which rotation does not do.

    A key that rotates has one version in its first month (the low case), what a year adds in the
    expected one, and what three years add in the high one.
    """
    kind = _kind(str(key.get(_LEVEL, omitted="SOFTWARE")), key)
    period = key.get("rotationPeriod")
    versions = _rotated(str(period)) if period else Amounts.of(1)
    yield pricing.component("versions", _version(kind), versions, region=WORLDWIDE)
    operations = pricing.assumed("kms_operations") * Decimal("0.0001")
    dear = "kms.hsm_dear.ops_10k" if kind == "hsm_dear" else "kms.ops_10k"
    yield pricing.component("operations", dear, operations, region=WORLDWIDE)


@priced(KMS_CRYPTO_KEY_VERSION, prices=("kms.*",))
def crypto_key_version(version: Resource, pricing: Pricing) -> Components:
    """One version more; it costs what its key says, where that is in the stack."""
    key = next(version.referred("cryptoKey", KMS_CRYPTO_KEY), None)
    kind = "software" if key is None else _kind(str(key.get(_LEVEL, omitted="SOFTWARE")), key)
    yield pricing.component("version", _version(kind), 1, region=WORLDWIDE)


def _version(kind: str) -> str:
    return "kms.version_month" if kind == "software" else f"kms.{kind}.version_month"


def _kind(level: str, key: Resource) -> str:
    if level == "SOFTWARE":
        return "software"
    if level in ("EXTERNAL", "EXTERNAL_VPC"):
        return "external"
    if level == "HSM":
        is_dear = _DEAR.match(str(key.get(_ALGORITHM, omitted=_SYMMETRIC)))
        return "hsm_dear" if is_dear else "hsm"
    raise UnpricedError(f"there is no price for keys with the protection level {level}")


def _rotated(period: str) -> Amounts:
    seconds = re.fullmatch(r"(\d{1,12})(?:\.\d{1,9})?s", period)
    if seconds is None or not int(seconds[1]):
        raise UnpricedError("rotationPeriod is not a number of seconds such as 7776000s")
    yearly = _SECONDS_OF_A_YEAR / int(seconds[1])
    expected, most = (1 + int(yearly * years) for years in (_EXPECTED_YEARS, _MOST_YEARS))
    return Amounts(Decimal(1), Decimal(expected), Decimal(most))
