"""PostgreSQL and SQL Server primaries have point-in-time recovery."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import is_primary_of
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    fix="Set settings.backup_configuration.point_in_time_recovery_enabled=True.",
    # MySQL recovers from its binary log, which is a rule of its own.
    when=is_primary_of("POSTGRES", "SQLSERVER"),
)
def sql_pitr_enabled(instance: Resource) -> Iterator[Violation]:
    """Daily backups alone lose up to a day of writes."""
    path = "settings.backupConfiguration.pointInTimeRecoveryEnabled"
    # Omitted: on for the edition Enterprise Plus, off for all others (Cloud SQL documentation).
    plus = instance.get("settings.edition", omitted="ENTERPRISE") == "ENTERPRISE_PLUS"
    if instance.get(path, omitted=plus) is not True:
        yield instance.fail("cannot be recovered to a point in time", at=path)


CASES = [
    case.passes(
        databaseVersion="POSTGRES_17",
        settings={"backupConfiguration": {"pointInTimeRecoveryEnabled": True}},
    ),
    case.passes(databaseVersion="POSTGRES_17", settings={"edition": "ENTERPRISE_PLUS"}),
    case.not_applicable(databaseVersion="MYSQL_8_0", settings={}),
    case.not_applicable(databaseVersion="POSTGRES_17", masterInstanceName="primary", settings={}),
    case.not_applicable(settings={}),
    case.fails(
        databaseVersion="POSTGRES_17",
        settings={"backupConfiguration": {"pointInTimeRecoveryEnabled": False}},
    ),
    case.fails(databaseVersion="SQLSERVER_2022_WEB", settings={"backupConfiguration": {}}),
    case.fails(databaseVersion="POSTGRES_17", settings={"edition": "ENTERPRISE"}),
    case.fails(
        databaseVersion="POSTGRES_17",
        settings={
            "edition": "ENTERPRISE_PLUS",
            "backupConfiguration": {"pointInTimeRecoveryEnabled": False},
        },
    ),
    case.fails(databaseVersion="POSTGRES_17", settings={}),
    case.undecided(databaseVersion=case.UNKNOWN, settings={}),
    case.undecided(databaseVersion="POSTGRES_17", settings={"edition": case.UNKNOWN}),
    case.undecided(
        databaseVersion="POSTGRES_17",
        settings={
            "edition": "ENTERPRISE",
            "backupConfiguration": {"pointInTimeRecoveryEnabled": case.UNKNOWN},
        },
    ),
]
