"""GKE clusters send what their system components write and measure."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from apex_guardrails.gcp.clusters import is_standard
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.table import RuleRow, RuleTable


class Telemetry(NamedTuple):
    """What is sent, and the inputs that say so: a newer and an older one."""

    what: str
    config: str
    service: str


SYSTEM = "SYSTEM_COMPONENTS"


def _check(sent: Telemetry) -> Check:
    # In place of both, in the provider's beta.
    places = ((sent.service, "none"), ("clusterTelemetry.type", "DISABLED"))
    components = f"{sent.config}.enableComponents"

    def check(cluster: Resource) -> Iterator[Violation]:
        # Omitted: those of the system (GKE API, loggingConfig and monitoringConfig, 2026-11).
        off = [path for path, value in places if cluster.get(path) == value]
        given = cluster.get(components) is not None
        if given and not any(item.get("") == SYSTEM for item in cluster.each(components)):
            off.append(components)
        for path in off[:1]:
            yield cluster.fail(f"does not send the {sent.what} of its system", at=path)

    return check


def _cases(sent: Telemetry) -> Iterator[Case]:
    def components(value: object) -> dict[str, Any]:
        return {sent.config: {"enableComponents": value}}

    def service(value: object) -> dict[str, Any]:
        return {sent.service: value}

    yield case.passes(**components(["WORKLOADS", SYSTEM]), enableAutopilot=False)
    yield case.passes(**components([case.UNKNOWN, SYSTEM]))
    yield case.passes(**service(f"{sent.what}.googleapis.com/kubernetes"))
    yield case.passes(clusterTelemetry={"type": "ENABLED"})
    yield case.passes(description="shop")
    yield case.fails(**service("none"))
    yield case.fails(clusterTelemetry={"type": "DISABLED"})
    yield case.fails(**components([]))
    yield case.fails(**components(["WORKLOADS"]))
    yield case.undecided(**components(case.UNKNOWN))
    yield case.undecided(**components([case.UNKNOWN]))
    yield case.undecided(**service(case.UNKNOWN))
    yield case.undecided(clusterTelemetry=case.UNKNOWN)
    yield case.undecided(enableAutopilot=case.UNKNOWN)
    yield case.not_applicable(enableAutopilot=True)


RULES = RuleTable(
    on=CONTAINER_CLUSTER,
    check=_check,
    # Autopilot always sends both.
    when=is_standard,
    cases=_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-logging-enabled",
            about=Telemetry("logs", "loggingConfig", "loggingService"),
            severity="medium",
            title="GKE clusters send their logs to Cloud Logging.",
            why="Without them nobody sees why a node or a pod failed, or who got in.",
            fix='Remove logging_service; keep "SYSTEM_COMPONENTS" in '
            "logging_config.enable_components.",
            controls=("checkov:CKV_GCP_1", "trivy:GCP-0060"),
        ),
        RuleRow(
            id="gke-monitoring-enabled",
            about=Telemetry("metrics", "monitoringConfig", "monitoringService"),
            severity="medium",
            title="GKE clusters send their metrics to Cloud Monitoring.",
            why="Without them a cluster that runs full is noticed when it fails.",
            fix='Remove monitoring_service; keep "SYSTEM_COMPONENTS" in '
            "monitoring_config.enable_components.",
            controls=("checkov:CKV_GCP_8", "trivy:GCP-0052"),
        ),
    ],
)
