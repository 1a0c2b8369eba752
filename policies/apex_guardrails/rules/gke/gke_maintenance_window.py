"""GKE clusters have a maintenance window."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

WINDOWS = ("recurringWindow", "dailyMaintenanceWindow", "recurringMaintenanceWindow")


@rule(
    severity="low",
    on=CONTAINER_CLUSTER,
    fix="Set maintenance_policy.recurring_window.",
    opt_in=True,
)
def gke_maintenance_window(cluster: Resource) -> Iterator[Violation]:
    """Upgrades restart nodes at any hour, the busiest among them."""
    if not any(cluster.is_set(f"maintenancePolicy.{window}") for window in WINDOWS):
        yield cluster.fail("has no maintenance window", at="maintenancePolicy")


CASES = [
    *(case.passes(maintenancePolicy={window: case.UNKNOWN}) for window in WINDOWS),
    case.passes(maintenancePolicy={"dailyMaintenanceWindow": {"startTime": "03:00"}}),
    case.passes(maintenancePolicy=case.UNKNOWN),
    case.fails(maintenancePolicy={"maintenanceExclusions": []}),
    case.fails(),
]
