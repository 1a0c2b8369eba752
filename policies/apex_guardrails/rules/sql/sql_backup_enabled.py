"""Cloud SQL primary instances have automated backups."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import is_primary
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    controls=[
        "cis-gcp-4.0:6.7",
        "cis-gcp-5.0:6.8",
        "pci-dss-4.0:1.5.1",
        "pci-dss-4.0:3.5.1",
        "pci-dss-4.0:3.5.1.3",
        "pci-dss-4.0:6.3.3",
        "pci-dss-4.0:8.3.2",
        "pci-dss-4.0:10.3.2",
        "pci-dss-4.0:10.3.3",
        "pci-dss-4.0:A1.1.2",
        "pci-dss-4.0:A3.4.1",
        "iso-27001:A.8.13",
        "soc2:CC7.4",
        "soc2:CC7.5",
        "soc2:PI1.5",
        "hipaa:164.308(a)(1)(ii)(B)",
        "hipaa:164.308(a)(7)(i)",
        "hipaa:164.308(a)(7)(ii)(A)",
        "hipaa:164.308(a)(7)(ii)(B)",
        "hipaa:164.312(c)(1)",
        "hipaa:164.312(e)(2)(i)",
        "checkov:CKV_GCP_14",
        "trivy:GCP-0024",
    ],
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
