"""Deletion protection is not switched off."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.model import Resource, Violation, case, rule

# The types of the provider's schema that have the input, protect themselves unless it says
# otherwise, and hold something. Left out is what another rule is about (Cloud SQL, AlloyDB), what
# is unprotected when omitted, so that the provider writes `false` itself (machines, secrets), and
# what is made anew from the program without a loss (Cloud Run, Memcached, Workflows).
ON = "deletionProtection"
ON_API = "deletionProtectionEnabled"
PATHS = {
    "gcp:activedirectory/domain:Domain": ON,
    "gcp:bigquery/table:Table": ON,
    "gcp:bigtable/authorizedView:AuthorizedView": ON,
    "gcp:bigtable/instance:Instance": ON,
    "gcp:bigtable/logicalView:LogicalView": ON,
    "gcp:bigtable/materializedView:MaterializedView": ON,
    "gcp:bigtable/table:Table": ON,
    "gcp:certificateauthority/authority:Authority": ON,
    "gcp:chronicle/environment:Environment": ON,
    "gcp:compute/storagePool:StoragePool": ON,
    "gcp:container/cluster:Cluster": ON,
    "gcp:dataproc/metastoreService:MetastoreService": ON,
    "gcp:memorystore/instance:Instance": ON_API,
    "gcp:oracledatabase/autonomousDatabase:AutonomousDatabase": ON,
    "gcp:oracledatabase/cloudExadataInfrastructure:CloudExadataInfrastructure": ON,
    "gcp:oracledatabase/cloudVmCluster:CloudVmCluster": ON,
    "gcp:oracledatabase/dbSystem:DbSystem": ON,
    "gcp:oracledatabase/exadbVmCluster:ExadbVmCluster": ON,
    "gcp:oracledatabase/exascaleDbStorageVault:ExascaleDbStorageVault": ON,
    "gcp:oracledatabase/goldengateConnection:GoldengateConnection": ON,
    "gcp:oracledatabase/odbNetwork:OdbNetwork": ON,
    "gcp:oracledatabase/odbSubnet:OdbSubnet": ON,
    "gcp:organizations/folder:Folder": ON,
    "gcp:redis/cluster:Cluster": ON_API,
    "gcp:redis/instance:Instance": ON,
    "gcp:spanner/database:Database": ON,
}

# Of most types a yes or no; of Bigtable's tables and views a word.
OFF = ("false", "unprotected")


@rule(
    severity="high",
    on=tuple(PATHS),
    fix="Remove deletion_protection=False.",
    level="advisory",
)
def deletion_protection_not_disabled(resource: Resource) -> Iterator[Violation]:
    """A destroy, or a change that replaces the resource, succeeds at once."""
    path = PATHS[resource.type.token]
    if str(resource.get(path)).lower() in OFF and not is_kept(resource):
        yield resource.fail("has its deletion protection switched off", at=path)


def _flagged(token: str, value: object) -> case.CaseResource:
    inputs: dict[str, Any] = {PATHS[token]: value}
    return case.resource(token, **inputs)


TABLE, REDIS = "gcp:bigtable/table:Table", "gcp:redis/instance:Instance"
CASES = [
    *(case.fails(_flagged(token, value=False)) for token in PATHS),
    *(case.passes(_flagged(token, value=True)) for token in PATHS),
    *(case.passes(case.resource(token)) for token in PATHS),
    *(case.undecided(_flagged(token, case.UNKNOWN)) for token in PATHS),
    case.fails(case.resource(REDIS, deletionProtection="FALSE")),
    case.fails(case.resource(TABLE, deletionProtection="UNPROTECTED")),
    case.passes(case.resource(TABLE, deletionProtection="PROTECTED")),
    case.passes(case.resource(REDIS, deletionProtection=False, _protect=True)),
    case.passes(case.resource(REDIS, deletionProtection=False, deletionPolicy="PREVENT")),
    case.fails(case.resource(REDIS, deletionProtection=False, deletionPolicy="DELETE")),
    case.undecided(case.resource(REDIS, deletionProtection=False, deletionPolicy=case.UNKNOWN)),
]
