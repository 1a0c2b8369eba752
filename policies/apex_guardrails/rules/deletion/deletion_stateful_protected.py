"""Resources that hold data are protected from deletion."""

from collections.abc import Iterator

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.gcp.types import (
    FILESTORE_INSTANCE,
    KMS_CRYPTO_KEY,
    SECRETMANAGER_REGIONAL_SECRET,
    SECRETMANAGER_SECRET,
    SPANNER_INSTANCE,
)
from apex_guardrails.model import Resource, Violation, case, rule

# What goes with its data as soon as Pulumi deletes it, and the protection that a type itself has.
# Left out is what another rule is about (Cloud SQL, AlloyDB, disks, projects), what is protected
# unless the program says otherwise (Redis, Memorystore, Bigtable, Spanner databases:
# deletion-protection-not-disabled), and what Google does not delete while there is something in it
# (buckets, datasets: deletion-no-force).
STATEFUL = {
    FILESTORE_INSTANCE: "deletionProtectionEnabled",
    KMS_CRYPTO_KEY: None,
    SECRETMANAGER_REGIONAL_SECRET: "deletionProtection",
    SECRETMANAGER_SECRET: "deletionProtection",
    SPANNER_INSTANCE: None,
}


@rule(
    severity="high",
    on=tuple(STATEFUL),
    # Of KMS keys.
    controls=["checkov:CKV_GCP_82"],
    fix="Pass opts=ResourceOptions(protect=True), or deletion_protection=True if it has one.",
    level="advisory",
)
def deletion_stateful_protected(resource: Resource) -> Iterator[Violation]:
    """A new name replaces the resource, and the data is lost."""
    own = STATEFUL[resource.type.token]
    # Omitted: not protected (the provider's default for secrets; Filestore API, 2026-11).
    if is_kept(resource) or (own and resource.get(own, omitted=False) is True):
        return
    yield resource.fail("loses its data when Pulumi replaces or destroys it")


CASES = [
    *(case.fails(case.resource(token)) for token in STATEFUL),
    *(case.passes(case.resource(token, _protect=True)) for token in STATEFUL),
    *(case.passes(case.resource(token, deletionPolicy="PREVENT")) for token in STATEFUL),
    case.passes(case.resource(SECRETMANAGER_SECRET, deletionPolicy="ABANDON")),
    case.fails(case.resource(SECRETMANAGER_SECRET, deletionPolicy="DELETE")),
    case.fails(case.resource(SECRETMANAGER_SECRET, deletionPolicy="")),
    case.undecided(case.resource(SECRETMANAGER_SECRET, deletionPolicy=case.UNKNOWN)),
    case.passes(case.resource(SECRETMANAGER_SECRET, deletionPolicy=case.UNKNOWN, _protect=True)),
    case.passes(case.resource(SECRETMANAGER_SECRET, deletionProtection=True)),
    case.fails(case.resource(SECRETMANAGER_SECRET, deletionProtection=False)),
    case.undecided(case.resource(SECRETMANAGER_SECRET, deletionProtection=case.UNKNOWN)),
    case.passes(case.resource(FILESTORE_INSTANCE, deletionProtectionEnabled=True)),
    case.fails(case.resource(FILESTORE_INSTANCE, deletionProtectionEnabled=False)),
    case.undecided(case.resource(FILESTORE_INSTANCE, deletionProtectionEnabled=case.UNKNOWN)),
]
