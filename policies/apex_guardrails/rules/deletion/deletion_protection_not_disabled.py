"""Deletion protection is not disabled."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.gcp.types import (
    ACTIVEDIRECTORY_DOMAIN,
    BIGQUERY_TABLE,
    BIGTABLE_AUTHORIZED_VIEW,
    BIGTABLE_INSTANCE,
    BIGTABLE_LOGICAL_VIEW,
    BIGTABLE_MATERIALIZED_VIEW,
    BIGTABLE_TABLE,
    CERTIFICATEAUTHORITY_AUTHORITY,
    CHRONICLE_ENVIRONMENT,
    COMPUTE_STORAGE_POOL,
    CONTAINER_CLUSTER,
    DATAPROC_METASTORE_SERVICE,
    MEMORYSTORE_INSTANCE,
    ORACLEDATABASE_AUTONOMOUS_DATABASE,
    ORACLEDATABASE_CLOUD_EXADATA_INFRASTRUCTURE,
    ORACLEDATABASE_CLOUD_VM_CLUSTER,
    ORACLEDATABASE_DB_SYSTEM,
    ORACLEDATABASE_EXADB_VM_CLUSTER,
    ORACLEDATABASE_EXASCALE_DB_STORAGE_VAULT,
    ORACLEDATABASE_GOLDENGATE_CONNECTION,
    ORACLEDATABASE_ODB_NETWORK,
    ORACLEDATABASE_ODB_SUBNET,
    ORGANIZATIONS_FOLDER,
    REDIS_CLUSTER,
    REDIS_INSTANCE,
    SPANNER_DATABASE,
)
from apex_guardrails.model import Resource, Violation, case, rule

# The types of the provider's schema that have the input, protect themselves unless it says
# otherwise, and hold something. Left out is what another rule is about (Cloud SQL, AlloyDB), what
# is unprotected when omitted, so that the provider writes `false` itself (machines, secrets), and
# what is made anew from the program without a loss (Cloud Run, Memcached, Workflows).
ON = "deletionProtection"
ON_API = "deletionProtectionEnabled"
PATHS = {
    ACTIVEDIRECTORY_DOMAIN: ON,
    BIGQUERY_TABLE: ON,
    BIGTABLE_AUTHORIZED_VIEW: ON,
    BIGTABLE_INSTANCE: ON,
    BIGTABLE_LOGICAL_VIEW: ON,
    BIGTABLE_MATERIALIZED_VIEW: ON,
    BIGTABLE_TABLE: ON,
    CERTIFICATEAUTHORITY_AUTHORITY: ON,
    CHRONICLE_ENVIRONMENT: ON,
    COMPUTE_STORAGE_POOL: ON,
    CONTAINER_CLUSTER: ON,
    DATAPROC_METASTORE_SERVICE: ON,
    MEMORYSTORE_INSTANCE: ON_API,
    ORACLEDATABASE_AUTONOMOUS_DATABASE: ON,
    ORACLEDATABASE_CLOUD_EXADATA_INFRASTRUCTURE: ON,
    ORACLEDATABASE_CLOUD_VM_CLUSTER: ON,
    ORACLEDATABASE_DB_SYSTEM: ON,
    ORACLEDATABASE_EXADB_VM_CLUSTER: ON,
    ORACLEDATABASE_EXASCALE_DB_STORAGE_VAULT: ON,
    ORACLEDATABASE_GOLDENGATE_CONNECTION: ON,
    ORACLEDATABASE_ODB_NETWORK: ON,
    ORACLEDATABASE_ODB_SUBNET: ON,
    ORGANIZATIONS_FOLDER: ON,
    REDIS_CLUSTER: ON_API,
    REDIS_INSTANCE: ON,
    SPANNER_DATABASE: ON,
}

# Of most types a yes or no; of Bigtable's tables and views a word.
OFF = ("false", "unprotected")


@rule(
    severity="high",
    on=tuple(PATHS),
    # Of Spanner's databases, BigQuery's tables and Bigtable's instances.
    controls=["checkov:CKV_GCP_119", "checkov:CKV_GCP_121", "checkov:CKV_GCP_122"],
    fix="Remove deletion_protection=False.",
    level="advisory",
)
def deletion_protection_not_disabled(resource: Resource) -> Iterator[Violation]:
    """Nothing then stops a destroy, or a change that replaces the resource."""
    path = PATHS[resource.type.token]
    if str(resource.get(path)).lower() in OFF and not is_kept(resource):
        yield resource.fail("has deletion protection disabled", at=path)


def _flagged(token: str, value: object) -> case.CaseResource:
    inputs: dict[str, Any] = {PATHS[token]: value}
    return case.resource(token, **inputs)


CASES = [
    *(case.fails(_flagged(token, value=False)) for token in PATHS),
    *(case.passes(_flagged(token, value=True)) for token in PATHS),
    *(case.passes(case.resource(token)) for token in PATHS),
    *(case.undecided(_flagged(token, case.UNKNOWN)) for token in PATHS),
    case.fails(case.resource(REDIS_INSTANCE, deletionProtection="FALSE")),
    case.fails(case.resource(BIGTABLE_TABLE, deletionProtection="UNPROTECTED")),
    case.passes(case.resource(BIGTABLE_TABLE, deletionProtection="PROTECTED")),
    case.passes(case.resource(REDIS_INSTANCE, deletionProtection=False, _protect=True)),
    case.passes(case.resource(REDIS_INSTANCE, deletionProtection=False, deletionPolicy="PREVENT")),
    case.fails(case.resource(REDIS_INSTANCE, deletionProtection=False, deletionPolicy="DELETE")),
    case.undecided(
        case.resource(REDIS_INSTANCE, deletionProtection=False, deletionPolicy=case.UNKNOWN)
    ),
]
