"""Persistent disks use a customer-managed key."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_REGION_DISK
from apex_guardrails.model import Resource, Violation, case, rule

# A key of the customer's own, in Cloud KMS or supplied with the request.
KEYS = {
    COMPUTE_DISK: ("kmsKeySelfLink", "rawKey", "rsaEncryptedKey"),
    COMPUTE_REGION_DISK: ("kmsKeyName", "rawKey", "rsaEncryptedKey"),
}


@rule(
    severity="low",
    on=tuple(KEYS),
    controls=["checkov:CKV_GCP_37", "trivy:GCP-0034"],
    fix="Set disk_encryption_key.kms_key_self_link; on a regional disk, kms_key_name.",
    level="disabled",
)
def compute_disk_cmek(disk: Resource) -> Iterator[Violation]:
    """With a Google-managed key, you cannot revoke access to the disk by disabling the key."""
    paths = [f"diskEncryptionKey.{key}" for key in KEYS[disk.type.token]]
    if not any(disk.is_set(path) for path in paths):
        yield disk.fail("uses a Google-managed key", at=paths[0])


CASES = [
    *(
        item
        for token, keys in KEYS.items()
        for item in (
            *(
                case.passes(case.resource(token, diskEncryptionKey={key: case.UNKNOWN}))
                for key in keys
            ),
            case.passes(case.resource(token, diskEncryptionKey=case.UNKNOWN)),
            case.fails(case.resource(token, diskEncryptionKey={keys[0]: ""})),
            case.fails(case.resource(token, diskEncryptionKey={})),
            case.fails(case.resource(token)),
        )
    ),
]
