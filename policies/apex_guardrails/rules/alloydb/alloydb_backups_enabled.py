"""AlloyDB clusters have automated and continuous backups."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ALLOYDB_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=ALLOYDB_CLUSTER,
    fix="Keep continuous_backup_config and automated_backup_policy enabled.",
)
def alloydb_backups_enabled(cluster: Resource) -> Iterator[Violation]:
    """Without backups, lost data cannot be restored."""
    # Omitted: both are on (AlloyDB API, continuousBackupConfig and automatedBackupPolicy).
    for path in ("continuousBackupConfig.enabled", "automatedBackupPolicy.enabled"):
        if cluster.get(path, omitted=True) is not True:
            yield cluster.fail("disables backups", at=path)


CASES = [
    case.passes(continuousBackupConfig={"enabled": True}, automatedBackupPolicy={"enabled": True}),
    case.passes(continuousBackupConfig={}, automatedBackupPolicy={}),
    case.passes(),
    case.fails(continuousBackupConfig={"enabled": False}),
    case.fails(automatedBackupPolicy={"enabled": False}),
    case.undecided(continuousBackupConfig={"enabled": case.UNKNOWN}),
    case.undecided(automatedBackupPolicy={"enabled": case.UNKNOWN}),
]
