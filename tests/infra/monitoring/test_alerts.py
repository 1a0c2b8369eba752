"""Every alert reaches somebody, and tells them what to do."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.compute.ingestion_alerts import ingestion_alerts
from infra.monitoring.metrics import METRICS
from infra.monitoring.thresholds import THRESHOLDS, Thresholds
from tests.infra.deployment import ROOT, Deployment, deploy, sample_certificate
from tests.infra.monitoring.system import all_alerts

POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"

# Every alert that some stack can have.
ALERTS = all_alerts(Thresholds())


def _policies(deployment: Deployment) -> Mapping[str, Mapping[str, Any]]:
    return {policy.name: policy.inputs for policy in deployment.all(POLICY)}


def _query(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    (condition,) = policy["conditions"]
    query: Mapping[str, Any] = condition["conditionPrometheusQueryLanguage"]
    return query


def test_the_ingestion_has_twelve_alerts_in_every_stack(deployment: Deployment) -> None:
    expected = {
        "ActivityRetryRateHigh": "WARNING",
        "DatabaseWriteFailure": "CRITICAL",
        "EmbeddingFailureRate": "ERROR",
        "IngestionThroughputZero": "CRITICAL",
        "S3DownloadFailureRate": "ERROR",
        "SagaRollbackRateHigh": "CRITICAL",
        "TaskQueueBacklog": "WARNING",
        "WorkerTaskSlotsExhausted": "CRITICAL",
        "WorkflowDurationP99High": "WARNING",
        "WorkflowFailureRateHigh": "CRITICAL",
        "ZeroChunksExtracted": "ERROR",
        "ZeroEntitiesExtracted": "ERROR",
    }
    policies = _policies(deployment)
    assert {name: policies[name]["severity"] for name in expected} == expected


def test_the_databases_and_the_api_are_watched(deployment: Deployment) -> None:
    missed = {"PostgresDown", "RedisDown", "QdrantDown", "ApiUptimeCheckFailed"}
    missed |= {"Neo4jMachineAbsent", "Neo4jProcessDown"}
    assert missed <= set(_policies(deployment))


@pytest.mark.parametrize(
    ("runtime", "there"),
    [
        ("cloud-run", {"QdrantDown", "QdrantMemoryHigh", "QdrantSnapshotOld"}),
        (
            "vm",
            {"QdrantMachineAbsent", "QdrantProcessDown", "QdrantDiskHigh", "QdrantSnapshotOld"},
        ),
    ],
)
def test_qdrant_is_watched_as_it_is_built(runtime: str, there: set[str]) -> None:
    policies = _policies(deploy("production", {"qdrant-runtime": runtime}))
    assert {name for name in policies if name.startswith("Qdrant")} == there


def test_a_snapshot_is_old_after_two_periods_of_its_schedule() -> None:
    for schedule, window, wait in (
        ("0 */6 * * *", "360m", "21600s"),
        ("0 3 * * *", "2160m", "43200s"),
    ):
        policies = _policies(deploy("dev", {"qdrant-snapshot-schedule": schedule}))
        query = _query(policies["QdrantSnapshotOld"])
        assert set(re.findall(r"\[(\w+)\]", query["query"])) == {window}
        assert query["duration"] == wait


def test_a_schedule_has_as_many_attempts_as_its_alert_expects(deployment: Deployment) -> None:
    [schedule] = deployment.all("gcp:cloudscheduler/job:Job")
    attempts = 1 + schedule.inputs["retryConfig"]["retryCount"]
    assert f"> {attempts - 0.5}" in _query(_policies(deployment)["SchedulerFailed"])["query"]


def test_a_worker_is_missed_only_where_one_always_runs(
    dev: Deployment, production: Deployment
) -> None:
    assert "WorkerDown" in _policies(production)
    assert "WorkerDown" not in _policies(dev)


def test_metrics_are_missed_only_of_workers_that_have_some(production: Deployment) -> None:
    """Google's sample, which runs until there is an image of our own, has none."""
    image = f"apex-worker@sha256:{'0' * 64}"
    own = {"worker-image": image}
    for expected, deployment in (
        (False, production),
        (True, deploy("production", own)),
        (False, deploy("production", {**own, "worker-autoscaled": True})),
        (False, deploy("dev", own)),
    ):
        absent = "absent_over_time(apex_temporal_ingestion_throughput_per_minute[30m])"
        query = _query(_policies(deployment)["IngestionThroughputZero"])["query"]
        assert (absent in query) is expected


@pytest.mark.parametrize(
    ("runtime", "machines"), [("cloud-run", {"neo4j"}), ("vm", {"neo4j", "qdrant"})]
)
def test_what_is_counted_in_the_logs_is_counted(runtime: str, machines: set[str]) -> None:
    deployment = deploy("production", {"qdrant-runtime": runtime})
    counted = {metric.name for metric in deployment.all("gcp:logging/metric:Metric")}
    used = {
        name
        for policy in _policies(deployment).values()
        for name in re.findall(r"logging_googleapis_com:user_(\w+)", _query(policy)["query"])
    }
    heartbeats = {f"{name}_heartbeats" for name in machines}
    assert used == counted == {"postgres_backup_failed", *heartbeats}


def test_a_heartbeat_is_what_the_machine_says_of_itself(production: Deployment) -> None:
    metric = production.one("gcp:logging/metric:Metric", "neo4j_heartbeats").inputs
    [said] = re.findall(r'textPayload:"([^"]+)"', metric["filter"])
    machine = production.one("gcp:compute/instance:Instance", "neo4j").inputs
    assert f'echo "{said.replace("neo4j", "$1")}"' in machine["metadata"]["startup-script"]
    assert machine["metadata"]["serial-port-logging-enable"] == "true"


def test_temporals_certificate_is_watched_where_its_end_is_known() -> None:
    given = {"temporal-tls-certificate": sample_certificate()}
    query = _query(_policies(deploy("staging", given))["TemporalCertificateExpiring"])["query"]
    assert f"({datetime(2126, 1, 1, tzinfo=UTC).timestamp():.0f} - time())" in query
    for stack, config in (("staging", {}), ("dev", given)):  # no certificate; no Temporal
        assert "TemporalCertificateExpiring" not in _policies(deploy(stack, config))


NAMED_BY = {
    "database_id": ("gcp:sql/databaseInstance:DatabaseInstance", r"[^:]+:(.+)"),
    "instance_id": ("gcp:redis/instance:Instance", r"\(\.\*/\)\?(.+)"),
    "instance_name": ("gcp:compute/instance:Instance", "(.+)"),
    "service_name": ("gcp:cloudrunv2/service:Service", "(.+)"),
    "worker_pool_name": ("gcp:cloudrunv2/workerPool:WorkerPool", "(.+)"),
    "job_name": ("gcp:cloudrunv2/job:Job", "(.+)"),
    "gateway_name": ("gcp:compute/routerNat:RouterNat", "(.+)"),
}
"""The label that has a resource's name, by which an alert tells it from others."""
CHOICES: Sequence[Mapping[str, Any]] = (
    {},
    {"qdrant-runtime": "vm"},
    {"name-suffix": "2", "operator-access": True},
    {"database-instance": "postgres-restored"},
    {"name-prefix": "blue"},
)


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_what_is_watched_is_there_and_what_is_there_is_watched(
    stack: str, choice: Mapping[str, Any]
) -> None:
    deployment = deploy(stack, choice)
    watched: dict[str, set[str]] = defaultdict(set)
    for policy in _policies(deployment).values():
        for label, name in re.findall(r'(\w+)=~?"([^"]*)"', _query(policy)["query"]):
            if label in NAMED_BY and not name.endswith(".+"):
                type_, form = NAMED_BY[label]
                watched[type_] |= set(re.findall(f"^{form}$", name))
    for type_, names in watched.items():
        there = {resource.inputs["name"] for resource in deployment.all(type_)}
        assert names <= there
        # One alert is on all jobs, and not each pool has a worker.
        if not type_.endswith((":Job", ":WorkerPool")):
            assert names == there, type_
    assert watched.keys() >= {type_ for type_, _ in NAMED_BY.values()} - {
        "gcp:cloudrunv2/workerPool:WorkerPool"
    }


def test_an_autoscaled_worker_may_be_absent() -> None:
    assert "WorkerDown" not in _policies(deploy("production", {"worker-autoscaled": True}))


def test_every_alert_has_a_severity_and_a_channel(deployment: Deployment) -> None:
    channel = deployment.one("gcp:monitoring/notificationChannel:NotificationChannel")
    for policy in _policies(deployment).values():
        assert policy["severity"] in {"CRITICAL", "ERROR", "WARNING"}
        assert policy["notificationChannels"] == [f"id-of-{channel.name}"]


def test_critical_alerts_reach_a_second_channel_where_there_is_one() -> None:
    pager = "projects/a-project/notificationChannels/1234567890"
    deployment = deploy("production", {"alert-critical-channel": pager})
    heard = {
        severity: {
            tuple(policy["notificationChannels"])
            for policy in _policies(deployment).values()
            if policy["severity"] == severity
        }
        for severity in ("CRITICAL", "ERROR", "WARNING")
    }
    email = ("id-of-email",)
    assert heard == {"CRITICAL": {(*email, pager)}, "ERROR": {email}, "WARNING": {email}}


def test_every_alert_leads_to_its_runbook(deployment: Deployment) -> None:
    start = "https://github.com/apex-memory/infrastructure/blob/main/"
    for name, policy in _policies(deployment).items():
        (link,) = policy["documentation"]["links"]
        assert link["url"] == f"{start}docs/runbooks/alerts/{name}.md"
        assert (ROOT / link["url"].removeprefix(start)).is_file()
        assert link["url"] in policy["documentation"]["content"]
        assert name in policy["documentation"]["subject"]


def test_metrics_that_no_worker_has_written_yet_are_no_error(deployment: Deployment) -> None:
    assert all(
        _query(policy)["disableMetricValidation"] for policy in _policies(deployment).values()
    )


def test_google_accepts_the_times(deployment: Deployment) -> None:
    # From the provider's description: an evaluation interval is a multiple of 30 seconds.
    for policy in _policies(deployment).values():
        assert _query(policy)["evaluationInterval"] == "60s"
        assert re.fullmatch(r"[1-9][0-9]*s", _query(policy)["duration"])


def test_every_alert_carries_the_labels_and_waits_for_the_api(deployment: Deployment) -> None:
    channel = deployment.one("gcp:monitoring/notificationChannel:NotificationChannel")
    api = deployment.one("gcp:projects/service:Service", "monitoring")
    assert api.inputs["service"] == "monitoring.googleapis.com"
    for policy in deployment.all(POLICY):
        assert policy.inputs["userLabels"] == channel.inputs["userLabels"]
        assert api.urn in policy.dependencies


def test_every_alert_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", alert.name)
        assert re.fullmatch(r"[A-Z].*\.", alert.summary)


@pytest.mark.parametrize("environment", THRESHOLDS)
def test_a_share_is_a_share(environment: str) -> None:
    (thresholds,) = [found for key, found in THRESHOLDS.items() if key == environment]
    shares = {k: v for k, v in dataclasses.asdict(thresholds).items() if k.endswith("_ratio")}
    assert all(0 < share < 1 for share in shares.values()), shares


def test_there_are_27_metrics_and_the_alerts_know_no_others() -> None:
    assert len(METRICS) == 27
    series = {
        metric.series + ending
        for metric in METRICS.values()
        for ending in (("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",))
    }
    used = {s for alert in ALERTS for s in re.findall(r"apex_temporal_\w+", alert.expression)}
    assert used <= series


def test_every_label_that_an_alert_looks_at_is_its_metrics() -> None:
    by_series = {metric.series: metric for metric in METRICS.values()}
    for alert in ingestion_alerts(Thresholds(), workers=True):
        for name, selector in re.findall(r"(apex_temporal_\w+)\{([^}]*)\}", alert.expression):
            metric = by_series[re.sub(r"_(bucket|sum|count)$", "", name)]
            assert set(re.findall(r"(\w+)=", selector)) <= set(metric.labels), alert.name
