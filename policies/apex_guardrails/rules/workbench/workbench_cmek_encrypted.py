"""Workbench disks use a customer-managed key."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import WORKBENCH_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule

KEY = "kmsKey"
BOOT, DATA = "gceSetup.bootDisk", "gceSetup.dataDisks"


@rule(
    severity="low",
    on=WORKBENCH_INSTANCE,
    controls=["checkov:CKV2_GCP_27"],
    fix="Set kms_key on gce_setup.boot_disk and data_disks, with disk_encryption=CMEK.",
    opt_in=True,
)
def workbench_cmek_encrypted(instance: Resource) -> Iterator[Violation]:
    """With a Google-managed key, you cannot revoke access to the data by disabling the key."""
    # A disk for data there is always, whether the program says something of it or not.
    for disk in (BOOT, DATA):
        if not instance.is_set(f"{disk}.{KEY}"):
            yield instance.fail("uses a Google-managed key", at=f"{disk}.{KEY}")


def _disks(**disks: object) -> case.CaseResource:
    return case.resource(None, gceSetup=disks)


OWN = {KEY: "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k", "diskEncryption": "CMEK"}
CASES = [
    case.passes(_disks(bootDisk=OWN, dataDisks=OWN)),
    case.passes(gceSetup=case.UNKNOWN),
    case.fails(_disks(bootDisk=OWN)),
    case.fails(_disks(dataDisks=OWN)),
    case.fails(_disks(bootDisk=OWN, dataDisks={KEY: ""})),
    case.fails(),
]
