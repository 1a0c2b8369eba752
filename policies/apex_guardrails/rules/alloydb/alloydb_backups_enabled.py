"""AlloyDB clusters have automated and continuous backups."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ALLOYDB_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=ALLOYDB_CLUSTER,
    fix="Keep continuous_backup_config.enabled True.",
)
def alloydb_backups_enabled(cluster: Resource) -> Iterator[Violation]:
    """Lost data cannot be brought back."""
    # Omitted: both are on (AlloyDB API, continuousBackupConfig and automatedBackupPolicy).
    for path in ("continuousBackupConfig.enabled", "automatedBackupPolicy.enabled"):
        if cluster.get(path, omitted=True) is not True:
            yield cluster.fail("switches backups off", at=path)


CASES = [
    case.passes(continuousBackupConfig={"enabled": True}, automatedBackupPolicy={"enabled": True}),
    case.passes(continuousBackupConfig={}, automatedBackupPolicy={}),
    case.passes(),
    case.fails(continuousBackupConfig={"enabled": False}),
    case.fails(automatedBackupPolicy={"enabled": False}),
    case.undecided(continuousBackupConfig={"enabled": case.UNKNOWN}),
    case.undecided(automatedBackupPolicy={"enabled": case.UNKNOWN}),
]
