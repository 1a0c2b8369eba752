"""Disks created with a VM use a customer-managed key."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

# A key of the customer's own, in Cloud KMS or supplied with the request.
KEYS = ("bootDisk.kmsKeySelfLink", "bootDisk.diskEncryptionKeyRaw", "bootDisk.diskEncryptionKeyRsa")


def _makes_a_disk(machine: Resource) -> bool:
    """Whether it says itself what it starts from: a template may, too."""
    return machine.type.token != COMPUTE_INSTANCE_FROM_TEMPLATE or machine.is_set("bootDisk")


# A disk that exists already has its key itself (compute-disk-cmek).
@rule(
    severity="low",
    # What a machine image makes disks of is not said with it.
    on=(
        COMPUTE_INSTANCE,
        COMPUTE_INSTANCE_FROM_TEMPLATE,
        COMPUTE_INSTANCE_TEMPLATE,
        COMPUTE_REGION_INSTANCE_TEMPLATE,
    ),
    when=_makes_a_disk,
    controls=["cis-gcp-4.0:4.7", "checkov:CKV_GCP_38", "trivy:GCP-0033"],
    fix="Set kms_key_self_link on boot_disk; in a template, disk_encryption_key on each disk.",
    level="disabled",
)
def compute_boot_disk_cmek(machine: Resource) -> Iterator[Violation]:
    """With a Google-managed key, you cannot revoke access to the disk by disabling the key."""
    if machine.type.token in (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE):
        for disk in machine.each("disks"):
            exists = disk.is_set("source") or disk.peek("type") == "SCRATCH"
            if not exists and not disk.is_set("diskEncryptionKey.kmsKeySelfLink"):
                yield disk.fail("uses a Google-managed key", at="diskEncryptionKey.kmsKeySelfLink")
        return
    if not any(machine.is_set(path) for path in ("bootDisk.source", *KEYS)):
        yield machine.fail("has a boot disk with a Google-managed key", at=KEYS[0])


KEY = "projects/p/locations/us/keyRings/r/cryptoKeys/k"
CASES = [
    case.passes(bootDisk={"kmsKeySelfLink": case.UNKNOWN}),
    case.passes(bootDisk={"diskEncryptionKeyRaw": case.UNKNOWN}),
    case.passes(bootDisk={"diskEncryptionKeyRsa": case.UNKNOWN}),
    case.passes(bootDisk={"source": "disk"}),
    case.passes(bootDisk=case.UNKNOWN),
    case.fails(bootDisk={"initializeParams": {"image": "debian-cloud/debian-12"}}),
    case.fails(bootDisk={"kmsKeySelfLink": ""}),
    case.fails(),
    case.not_applicable(case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE)),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE, bootDisk={"kmsKeySelfLink": KEY})),
    case.fails(case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE, bootDisk={"autoDelete": True})),
    *(
        item
        for token in (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)
        for item in (
            case.passes(
                case.resource(token, disks=[{"diskEncryptionKey": {"kmsKeySelfLink": KEY}}])
            ),
            case.passes(case.resource(token, disks=[{"source": "disk"}, {"type": "SCRATCH"}])),
            case.passes(case.resource(token)),
            case.fails(case.resource(token, disks=[{"source": "disk"}, {"boot": True}])),
            case.fails(case.resource(token, disks=[{"diskEncryptionKey": {}}])),
            case.fails(case.resource(token, disks=[case.UNKNOWN, {"type": "PERSISTENT"}])),
            case.undecided(case.resource(token, disks=case.UNKNOWN)),
        )
    ),
]
