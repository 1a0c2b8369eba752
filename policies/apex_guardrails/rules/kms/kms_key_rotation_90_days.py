"""Encryption keys rotate at least every 90 days."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.durations import seconds
from apex_guardrails.gcp.types import KMS_CRYPTO_KEY
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule
from apex_guardrails.model.value import is_true

PERIOD = "rotationPeriod"
DAY = 24 * 3600


class Rotation(Parameters):
    """How old a key may become."""

    most_days: Annotated[int, Looser.MORE] = Field(
        90, description="After how many days a key must have a new version, at the latest."
    )


def _rotates_by_itself(key: Resource) -> bool:
    """Whether Cloud KMS can make new versions: not of asymmetric keys, nor of what it is given.

    Source: Cloud KMS documentation, "Key rotation", 2026-11.
    """
    # Omitted: for encryption, and made here, in software (Cloud KMS API, cryptoKeys, 2026-11).
    return (
        key.get("purpose", omitted="ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
        and not is_true(key.get("importOnly", omitted=False))
        and not str(key.get("versionTemplate.protectionLevel")).startswith("EXTERNAL")
    )


@rule(
    severity="medium",
    on=KMS_CRYPTO_KEY,
    controls=["cis-gcp-4.0:1.10", "checkov:CKV_GCP_43", "trivy:GCP-0065"],
    fix='Set rotation_period="7776000s".',
    when=_rotates_by_itself,
    parameters=Rotation,
)
def kms_key_rotation_90_days(key: Resource, rotation: Rotation) -> Iterator[Violation]:
    """Whoever gets at one version of the key can read all that it encrypted in its time."""
    period = key.get(PERIOD)
    # Omitted: it never rotates (Cloud KMS API, cryptoKeys, 2026-11).
    if period is None:
        yield key.fail("never rotates", at=PERIOD)
    elif (seconds(period) or 0) > rotation.most_days * DAY:
        yield key.fail(f"rotates every {period}", at=PERIOD)


EXTERNAL = {"algorithm": "EXTERNAL_SYMMETRIC_ENCRYPTION", "protectionLevel": "EXTERNAL_VPC"}
CASES = [
    case.passes(rotationPeriod="7776000s"),
    case.passes(rotationPeriod="8640000s", _parameters={"most_days": 100}),
    case.passes(purpose="ENCRYPT_DECRYPT", importOnly=False, rotationPeriod="86400s"),
    case.fails(),
    case.fails(rotationPeriod="7776001s"),
    case.fails(versionTemplate={"algorithm": "a", "protectionLevel": "HSM"}),
    case.not_applicable(purpose="ASYMMETRIC_SIGN"),
    case.not_applicable(importOnly=True),
    case.not_applicable(versionTemplate=EXTERNAL),
    case.undecided(rotationPeriod=case.UNKNOWN),
    case.undecided(purpose=case.UNKNOWN),
    case.undecided(importOnly=case.UNKNOWN),
    case.undecided(versionTemplate={"algorithm": "a", "protectionLevel": case.UNKNOWN}),
]
