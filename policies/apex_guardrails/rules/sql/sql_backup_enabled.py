"""Cloud SQL primary instances have automated backups."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import is_primary
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    controls=["cis-gcp-4.0:6.7", "checkov:CKV_GCP_14", "trivy:GCP-0024"],
    fix="Set settings.backup_configuration.enabled=True.",
    when=is_primary,
)
def sql_backup_enabled(instance: Resource) -> Iterator[Violation]:
    """Without backups a bad migration or a deleted table cannot be undone."""
    path = "settings.backupConfiguration.enabled"
    # Omitted: no backups (Cloud SQL Admin API, backupConfiguration.enabled, 2026-11).
    if instance.get(path, omitted=False) is not True:
        yield instance.fail("has no automated backups", at=path)


CASES = [
    case.passes(settings={"backupConfiguration": {"enabled": True}}),
    case.not_applicable(masterInstanceName=case.UNKNOWN),
    case.not_applicable(masterInstanceName="primary", settings={}),
    case.fails(masterInstanceName="", settings={}),
    case.fails(settings={"backupConfiguration": {"enabled": False}}),
    case.fails(settings={"backupConfiguration": {}}),
    case.fails(settings={}),
    case.fails(),
    case.undecided(settings={"backupConfiguration": {"enabled": case.UNKNOWN}}),
    case.not_applicable(clone={"sourceInstanceName": "of-another-stack"}),
]
