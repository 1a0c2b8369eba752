"""MySQL primaries keep binary logs for point-in-time recovery."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import is_primary_of
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=SQL_DATABASE_INSTANCE,
    controls=["checkov:CKV2_GCP_20"],
    fix="Set settings.backup_configuration.binary_log_enabled=True.",
    when=is_primary_of("MYSQL"),
)
def sql_mysql_binary_log_enabled(instance: Resource) -> Iterator[Violation]:
    """Without binary logs MySQL can be restored only to the last nightly backup."""
    path = "settings.backupConfiguration.binaryLogEnabled"
    # Omitted: no binary log (Cloud SQL Admin API, binaryLogEnabled).
    if instance.get(path, omitted=False) is not True:
        yield instance.fail("has no binary log to recover from", at=path)


CASES = [
    case.passes(
        databaseVersion="MYSQL_8_0", settings={"backupConfiguration": {"binaryLogEnabled": True}}
    ),
    case.not_applicable(databaseVersion="POSTGRES_17", settings={}),
    case.not_applicable(databaseVersion="MYSQL_8_0", masterInstanceName="primary", settings={}),
    case.not_applicable(settings={}),
    case.fails(
        databaseVersion="MYSQL_8_0", settings={"backupConfiguration": {"binaryLogEnabled": False}}
    ),
    case.fails(databaseVersion="MYSQL_8_4", settings={}),
    case.undecided(databaseVersion=case.UNKNOWN, settings={}),
    case.undecided(
        databaseVersion="MYSQL_8_0",
        settings={"backupConfiguration": {"binaryLogEnabled": case.UNKNOWN}},
    ),
]
