"""What each alert must be called by, and what it must not be called by.

A scenario is two hours of series, as Prometheus's own tests write them: `0+2x120` begins with 0
and grows by 2 for 120 minutes. The thresholds are production's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

Series = Mapping[str, str]
Labels = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Scenarios:
    """When an alert fires, and when it does not."""

    fires: Mapping[str, Series]
    quiet: Mapping[str, Series]
    labels: Sequence[Labels] = field(default_factory=lambda: [{}])
    """What the incidents are told apart by, beside the alert's own severity."""
    without_series: Labels | None = None
    """The incident's labels when there is no series at all; None where that is no incident."""


_T = "apex_temporal_"
_INGESTION = 'workflow_type="DocumentIngestion"'


def _of_worker(series: str, instance: str) -> str:
    return series.replace("}", f',instance="{instance}"}}')


def _shares(
    good: str,
    bad: str,
    *,
    few: str,
    most: str,
) -> tuple[Mapping[str, Series], Mapping[str, Series]]:
    """Returns what fires and what is quiet, of what can go well (`good`) or not (`bad`).

    Args:
        good: The series of what goes well; where `bad` is counted in it, too, of everything.
        bad: The series of what does not.
        few: How the bad ones grow, of 1000 a minute, just below the threshold.
        most: The same, just above.
    """
    fires = {
        "just too many": {good: f"0+{1000 - int(most)}x120", bad: f"0+{most}x120"},
        "all": {good: "0x120", bad: "0+1x120"},
        "all, and no other has ever been seen": {bad: "0+1x120"},
    }
    quiet = {
        "just few enough": {good: f"0+{1000 - int(few)}x120", bad: f"0+{few}x120"},
        "one of one": {good: "0x120", bad: "0x106 1x14"},
        "just few enough, of two workers together": {
            _of_worker(good, "a"): f"0+{900 - int(few)}x120",
            _of_worker(good, "b"): "0+100x120",
            bad: f"0+{few}x120",
        },
        "many, just now": {good: "0+10x120", bad: "0x118 1000x2"},
        "none": {good: "0+10x120", bad: "0x120"},
        "none has ever been seen": {good: "0+10x120"},
        "nothing to do": {good: "100x120", bad: "50x120"},
    }
    return fires, quiet


def _parts(
    part: str, whole: str, *, few: str, most: str
) -> tuple[Mapping[str, Series], Mapping[str, Series]]:
    """Returns the same, where the counter of everything is one of its own."""
    fires = {
        "just too many": {whole: "0+1000x120", part: f"0+{most}x120"},
        "all": {whole: "0+1x120", part: "0+1x120"},
    }
    quiet = {
        "just few enough": {whole: "0+1000x120", part: f"0+{few}x120"},
        "one of one": {whole: "0x106 1x14", part: "0x106 1x14"},
        "just few enough, of two workers together": {
            _of_worker(whole, "a"): "0+900x120",
            _of_worker(whole, "b"): "0+100x120",
            part: f"0+{few}x120",
        },
        "many, just now": {whole: "0+10x120", part: "0x118 1000x2"},
        "one of none": {whole: "7x120", part: "0x106 1x14"},
        "none has ever been seen": {whole: "0+10x120"},
        "nothing to do": {whole: "100x120", part: "50x120"},
    }
    return fires, quiet


def _levels(
    series: str, *, low: str, high: str
) -> tuple[Mapping[str, Series], Mapping[str, Series]]:
    """Returns the same, of a gauge."""
    fires = {"just too high": {series: f"{high}x120"}}
    quiet = {
        "just low enough": {series: f"{low}x120"},
        "too high, a moment ago": {series: f"{low}x117 {high}x3"},
        "too high, and over": {series: f"{high}x100 {low}x20"},
    }
    return fires, quiet


def _of_shares(good: str, bad: str, labels: Labels, *, few: str, most: str) -> Scenarios:
    fires, quiet = _shares(good, bad, few=few, most=most)
    return Scenarios(fires=fires, quiet=quiet, labels=[labels])


def _of_parts(part: str, whole: str, labels: Labels, *, few: str, most: str) -> Scenarios:
    fires, quiet = _parts(part, whole, few=few, most=most)
    return Scenarios(fires=fires, quiet=quiet, labels=[labels])


def _of_levels(series: str, labels: Labels, *, low: str, high: str) -> Scenarios:
    fires, quiet = _levels(series, low=low, high=high)
    return Scenarios(fires=fires, quiet=quiet, labels=[labels])


def _extracted(histogram: str) -> Scenarios:
    return Scenarios(
        fires={
            "nothing in any document": {
                f"{histogram}_count": "0+1x120",
                f"{histogram}_sum": "0x120",
            },
            "nothing any more": {
                f"{histogram}_count": "0+1x120",
                f"{histogram}_sum": "0+20x60 1200x60",
            },
        },
        quiet={
            "something in every document": {
                f"{histogram}_count": "0+1x120",
                f"{histogram}_sum": "0+20x120",
            },
            "something in a few": {
                f"{histogram}_count": "0+1x120",
                f"{histogram}_sum": "0x100 20x20",
            },
            "nothing in the only document": {
                f"{histogram}_count": "0x110 1x10",
                f"{histogram}_sum": "0x120",
            },
            "nothing in a few, just now": {
                f"{histogram}_count": "0x117 10x3",
                f"{histogram}_sum": "0x120",
            },
            "no documents": {f"{histogram}_count": "50x120", f"{histogram}_sum": "900x120"},
        },
    )


_DURATION = f"{_T}workflow_duration_seconds_bucket"

TEMPORAL: Mapping[str, Scenarios] = {
    "WorkflowFailureRateHigh": _of_shares(
        f'{_T}workflow_completed_total{{{_INGESTION},status="success"}}',
        f'{_T}workflow_completed_total{{{_INGESTION},status="failed"}}',
        {"workflow_type": "DocumentIngestion"},
        few="95",
        most="105",
    ),
    "ActivityRetryRateHigh": _of_parts(
        f'{_T}activity_retry_count_total{{activity_type="extract_entities"}}',
        f'{_T}activity_started_total{{activity_type="extract_entities"}}',
        {"activity_type": "extract_entities"},
        few="245",
        most="255",
    ),
    "WorkflowDurationP99High": Scenarios(
        fires={
            "one in twenty takes longer": {
                f'{_DURATION}{{{_INGESTION},le="600"}}': "0+95x120",
                f'{_DURATION}{{{_INGESTION},le="620"}}': "0+100x120",
                f'{_DURATION}{{{_INGESTION},le="+Inf"}}': "0+100x120",
            },
        },
        quiet={
            "one in two hundred takes longer": {
                f'{_DURATION}{{{_INGESTION},le="600"}}': "0+199x120",
                f'{_DURATION}{{{_INGESTION},le="620"}}': "0+200x120",
                f'{_DURATION}{{{_INGESTION},le="+Inf"}}': "0+200x120",
            },
            "a slow one, just now": {
                f'{_DURATION}{{{_INGESTION},le="600"}}': "0+1x120",
                f'{_DURATION}{{{_INGESTION},le="620"}}': "0+1x110 120+1x9",
                f'{_DURATION}{{{_INGESTION},le="+Inf"}}': "0+1x110 120+1x9",
            },
            "nothing to do": {
                f'{_DURATION}{{{_INGESTION},le="600"}}': "95x120",
                f'{_DURATION}{{{_INGESTION},le="620"}}': "100x120",
                f'{_DURATION}{{{_INGESTION},le="+Inf"}}': "100x120",
            },
        },
        labels=[{"workflow_type": "DocumentIngestion"}],
    ),
    "SagaRollbackRateHigh": _of_parts(
        f'{_T}saga_rollback_triggered_total{{reason="neo4j"}}',
        f"{_T}workflow_started_total{{{_INGESTION}}}",
        {},
        few="48",
        most="52",
    ),
    "WorkerTaskSlotsExhausted": Scenarios(
        fires={
            "neither of two workers has one": {
                f'{_T}worker_task_slots_available{{worker_type="activity",instance="a"}}': "0x120",
                f'{_T}worker_task_slots_available{{worker_type="activity",instance="b"}}': "0x120",
                f'{_T}worker_task_slots_used{{worker_type="activity",instance="a"}}': "100x120",
                f'{_T}worker_task_slots_used{{worker_type="activity",instance="b"}}': "100x120",
            },
        },
        quiet={
            "the other worker has one": {
                f'{_T}worker_task_slots_available{{worker_type="activity",instance="a"}}': "0x120",
                f'{_T}worker_task_slots_available{{worker_type="activity",instance="b"}}': "1x120",
                f'{_T}worker_task_slots_used{{worker_type="activity",instance="a"}}': "100x120",
                f'{_T}worker_task_slots_used{{worker_type="activity",instance="b"}}': "99x120",
            },
            "workers of this type have none at all": {
                f'{_T}worker_task_slots_available{{worker_type="nexus"}}': "0x120",
                f'{_T}worker_task_slots_used{{worker_type="nexus"}}': "0x120",
            },
            "for a few minutes": {
                f'{_T}worker_task_slots_available{{worker_type="activity"}}': "5x114 0x6",
                f'{_T}worker_task_slots_used{{worker_type="activity"}}': "95x114 100x6",
            },
        },
        labels=[{"worker_type": "activity"}],
    ),
    "TaskQueueBacklog": Scenarios(
        fires={
            "a hundred and one": {f'{_T}task_queue_depth{{task_queue="ingestion"}}': "101x120"},
        },
        quiet={
            "ninety-nine": {f'{_T}task_queue_depth{{task_queue="ingestion"}}': "99x120"},
            "two workers report the same sixty": {
                f'{_T}task_queue_depth{{task_queue="ingestion",instance="{instance}"}}': "60x120"
                for instance in ("a", "b")
            },
            "for a few minutes": {
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "0x110 500x10"
            },
        },
        labels=[{"task_queue": "ingestion"}],
    ),
    "ZeroChunksExtracted": _extracted(f"{_T}chunks_per_document"),
    "ZeroEntitiesExtracted": _extracted(f"{_T}entities_per_document"),
    "S3DownloadFailureRate": _of_shares(
        f'{_T}s3_download_duration_seconds_count{{status="success"}}',
        f'{_T}s3_download_duration_seconds_count{{status="failed"}}',
        {},
        few="48",
        most="52",
    ),
    "EmbeddingFailureRate": _of_shares(
        f'{_T}activity_completed_total{{activity_type="generate_embeddings",status="success"}}',
        f'{_T}activity_completed_total{{activity_type="generate_embeddings",status="failed"}}',
        {},
        few="48",
        most="52",
    ),
    "DatabaseWriteFailure": _of_shares(
        f'{_T}databases_written_total{{database="neo4j",status="success"}}',
        f'{_T}databases_written_total{{database="neo4j",status="failed"}}',
        {"database": "neo4j"},
        few="9",
        most="11",
    ),
    "IngestionThroughputZero": Scenarios(
        fires={
            "tasks wait": {
                f"{_T}ingestion_throughput_per_minute": "0x120",
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "3x120",
            },
            "workflows have begun": {
                f"{_T}ingestion_throughput_per_minute": "5x60 0x60",
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "0x120",
                f"{_T}workflow_in_progress{{{_INGESTION}}}": "2x120",
            },
        },
        quiet={
            "nothing to do": {
                f"{_T}ingestion_throughput_per_minute": "0x120",
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "0x120",
                f"{_T}workflow_in_progress{{{_INGESTION}}}": "0x120",
            },
            "one a quarter of an hour ago": {
                f"{_T}ingestion_throughput_per_minute": "0x104 1 0x14",
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "3x120",
            },
            "one worker of two does it all": {
                f'{_T}ingestion_throughput_per_minute{{instance="a"}}': "0x120",
                f'{_T}ingestion_throughput_per_minute{{instance="b"}}': "4x120",
                f'{_T}task_queue_depth{{task_queue="ingestion"}}': "3x120",
            },
        },
        without_series={},
    ),
}

_SQL = {"database_id": "a-project:postgres", "project_id": "a-project", "region": "us-central1"}
_REDIS = {
    "instance_id": "projects/a-project/locations/us-central1/instances/redis",
    "node_id": "node-0",
}
_GCE = {"monitored_resource": "gce_instance", "zone": "us-central1-b"}
_API = {
    "monitored_resource": "cloud_run_revision",
    "service_name": "apex-api",
    "location": "us-central1",
}
_QDRANT = {**_API, "service_name": "qdrant"}
_POOL = {
    "monitored_resource": "cloud_run_worker_pool",
    "worker_pool_name": "apex-worker",
    "location": "us-central1",
}


def _series(name: str, labels: Labels, **more: str) -> str:
    pairs = ",".join(f'{key}="{value}"' for key, value in {**labels, **more}.items())
    return f"{name}{{{pairs}}}"


def _sql(name: str, **more: str) -> str:
    return _series(f"cloudsql_googleapis_com:database_{name}", _SQL, **more)


def _redis(name: str, **more: str) -> str:
    return _series(f"redis_googleapis_com:stats_{name}", _REDIS, **more)


def _quantile(name: str, labels: Labels, *, threshold: str, above: str) -> Scenarios:
    """Returns the scenarios of a histogram of which 6 in 100 may be above the threshold."""

    def buckets(below: str, everything: str) -> Series:
        return {
            _series(f"{name}_bucket", labels, le=threshold): below,
            _series(f"{name}_bucket", labels, le=above): everything,
            _series(f"{name}_bucket", labels, le="+Inf"): everything,
            _series(f"{name}_count", labels): everything,
        }

    return Scenarios(
        fires={"one in ten": buckets("0+90x120", "0+100x120")},
        quiet={
            "one in two hundred": buckets("0+199x120", "0+200x120"),
            "one in ten, just now": buckets("0x117 900x3", "0x117 1000x3"),
            "nothing to do": buckets("90x120", "100x120"),
        },
    )


def _cpu(machine: str) -> str:
    return _series(
        "compute_googleapis_com:instance_cpu_utilization", {**_GCE, "instance_name": machine}
    )


def _machine(name: str) -> Scenarios:
    labels = {"monitored_resource": "gce_instance", "instance_name": name}
    return Scenarios(
        fires={
            "stopped for twenty minutes": {_cpu(name): "0.2x100 _x20"},
            "another machine runs": {_cpu("another"): "0.2x120"},
        },
        quiet={
            "it runs": {_cpu(name): "0.2x120"},
            "a restart": {_cpu(name): "0.2x110 _x10"},
        },
        labels=[labels],
        without_series=labels,
    )


def _with_quiet(scenarios: Scenarios, name: str, series: Series) -> Scenarios:
    return replace(scenarios, quiet={**scenarios.quiet, name: series})


def _heartbeats(name: str) -> Scenarios:
    beats = _series(f"logging_googleapis_com:user_{name}_heartbeats", _GCE, instance_id="12")
    return Scenarios(
        fires={
            "none for twenty minutes": {beats: "0+1x100 100x20"},
            "the series has ended": {beats: "0+1x100 _x20"},
            "another database's": {beats.replace(name, "another"): "0+1x120"},
        },
        quiet={
            "one every minute": {beats: "0+1x120"},
            "a restart": {beats: "0+1x105 105x10 105+1x5"},
            "late by four minutes": {beats: "0+1x116 _x4"},
        },
        without_series={},
    )


_CHECK = "monitoring_googleapis_com:uptime_check_check_passed"
_PLACES = ("usa-iowa", "eur-belgium", "apac-singapore")


def _checks(*passed: str) -> Series:
    """Returns what three places in the world say of the API."""
    return {
        _series(
            _CHECK,
            {
                "monitored_resource": "uptime_url",
                "project_id": "a-project",
                "host": "api.apex-memory.example",
                "checker_location": place,
            },
        ): values
        for place, values in zip(_PLACES, passed, strict=True)
    }


def _instances(labels: Labels, **values: str) -> Series:
    name = "run_googleapis_com:container_instance_count"
    return {_series(name, labels, state=state): value for state, value in values.items()}


def _running(labels: Labels) -> Scenarios:
    return Scenarios(
        fires={"none": _instances(labels, active="0x120", idle="0x120")},
        quiet={
            "one, which is idle": _instances(labels, active="0x120", idle="1x120"),
            "one, until a few minutes ago": _instances(labels, active="1x112 0x8"),
            "late by four minutes": _instances(labels, active="1x116 _x4"),
        },
        without_series=labels,
    )


_UPTIME = "redis_googleapis_com:server_uptime"


def _uptime(instance: str, **more: str) -> str:
    name = f"projects/a-project/locations/us-central1/instances/{instance}"
    return _series(_UPTIME, {**_REDIS, "instance_id": name, **more})


def _backup_failed(database: str) -> str:
    labels = {"monitored_resource": "cloudsql_database", "database_id": database}
    return _series("logging_googleapis_com:user_postgres_backup_failed", labels)


def _disk(machine: str, device: str, state: str, options: str = "rw,nosuid,nodev,noexec") -> str:
    labels = {**_GCE, "instance_name": machine, "device_name": device, "state": state}
    return _series("compute_googleapis_com:guest_disk_bytes_used", labels, mount_option=options)


def _disks(machine: str) -> Scenarios:
    def data(used: str, free: str) -> Series:
        return {
            _disk(machine, "sda1", "used"): "10x120",
            _disk(machine, "sda1", "free"): "90x120",
            _disk(machine, "sdb", "used"): used,
            _disk(machine, "sdb", "free"): free,
        }

    return Scenarios(
        fires={"just too full": data("86x120", "14x120")},
        quiet={
            "just empty enough": data("84x120", "16x120"),
            "it has grown": data("86x100 86x20", "14x100 114x20"),
            "the system's, which is read-only": {
                _disk(machine, "dm-0", "used", "ro,relatime"): "99x120",
                _disk(machine, "dm-0", "free", "ro,relatime"): "1x120",
            },
            "another machine's": {
                _disk("another", "sdb", "used"): "99x120",
                _disk("another", "sdb", "free"): "1x120",
            },
        },
        labels=[{"device_name": "sdb"}],
    )


def _days_left(days: str) -> Series:
    """Returns what three places in the world say of the API's certificate."""
    name = "monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires"
    labels = {
        "monitored_resource": "uptime_url",
        "project_id": "a-project",
        "host": "api.apex-memory.example",
    }
    return {_series(name, labels, checker_location=place): days for place in _PLACES}


def _dropped(reason: str, tcp: str, udp: str) -> Series:
    labels = {
        "monitored_resource": "nat_gateway",
        "gateway_name": "apex-memory-nat",
        "region": "us-central1",
        "reason": reason,
    }
    name = "router_googleapis_com:nat_dropped_sent_packets_count"
    return {
        _series(name, labels, ip_protocol="TCP"): tcp,
        _series(name, labels, ip_protocol="UDP"): udp,
    }


def _executions(job: str, result: str) -> str:
    labels = {
        "monitored_resource": "cloud_run_job",
        "job_name": job,
        "location": "us-central1",
        "result": result,
    }
    return _series("run_googleapis_com:job_completed_execution_count", labels)


def _scheduler(severity: str) -> str:
    labels = {
        "monitored_resource": "cloud_scheduler_job",
        "job_id": "qdrant-snapshot",
        "location": "us-central1",
        "log": "cloudscheduler.googleapis.com/executions",
        "severity": severity,
    }
    return _series("logging_googleapis_com:log_entry_count", labels)


INFRASTRUCTURE: Mapping[str, Scenarios] = {
    "PostgresCpuHigh": _of_levels(_sql("cpu_utilization"), _SQL, low="0.79", high="0.81"),
    "PostgresMemoryHigh": _of_levels(_sql("memory_utilization"), _SQL, low="0.89", high="0.91"),
    "PostgresDiskHigh": Scenarios(
        fires={"just too full": {_sql("disk_utilization"): "0.81x120"}},
        quiet={
            "just empty enough": {_sql("disk_utilization"): "0.79x120"},
            "it grows by itself": {_sql("disk_utilization"): "0.79x100 0.81x20"},
        },
        labels=[_SQL],
    ),
    "PostgresConnectionsHigh": Scenarios(
        fires={
            "of two databases together": {
                _sql("postgresql_num_backends", database="apex_memory"): "78x120",
                _sql("postgresql_num_backends", database="postgres"): "3x120",
            },
        },
        quiet={
            "just few enough": {
                _sql("postgresql_num_backends", database="apex_memory"): "77x120",
                _sql("postgresql_num_backends", database="postgres"): "3x120",
            },
            "many, just now": {
                _sql("postgresql_num_backends", database="apex_memory"): "20x116 95x4"
            },
        },
    ),
    "PostgresDown": Scenarios(
        fires={"it says so": {_sql("up"): "1x100 0x20"}},
        quiet={
            "it runs": {_sql("up"): "1x120"},
            "a restart": {_sql("up"): "1x115 0x2 1x3"},
            "late by four minutes": {_sql("up"): "1x116 _x4"},
        },
        labels=[_SQL],
        without_series={"database_id": "a-project:postgres"},
    ),
    "PostgresBackupFailed": Scenarios(
        fires={"in this window": {_backup_failed("a-project:postgres"): "0x100 1x20"}},
        quiet={
            "never": {_backup_failed("a-project:postgres"): "0x120"},
            "another instance's": {_backup_failed("a-project:postgres-2"): "0x100 1x20"},
        },
    ),
    "RedisDown": Scenarios(
        fires={
            "nothing for twenty minutes": {_uptime("redis"): "0+60x100 _x20"},
            "another instance runs": {_uptime("other-redis"): "0+60x120"},
        },
        quiet={
            "it runs": {_uptime("redis"): "0+60x120"},
            "by its short name": {_series(_UPTIME, {"instance_id": "redis"}): "0+60x120"},
            "a restart": {_uptime("redis"): "0+60x108 _x10 0 60"},
            "one of two nodes": {
                _uptime("redis"): "0+60x100 _x20",
                _uptime("redis", node_id="node-1"): "0+60x120",
            },
        },
        without_series={},
    ),
    "RedisMemoryHigh": _with_quiet(
        _of_levels(_redis("memory_system_memory_usage_ratio"), {}, low="0.79", high="0.81"),
        "half on each of two nodes",
        {
            _redis("memory_system_memory_usage_ratio"): "0.5x120",
            _redis("memory_system_memory_usage_ratio", node_id="node-1"): "0.5x120",
        },
    ),
    "RedisCpuHigh": Scenarios(
        fires={
            "50 s a minute, by user and system": {
                _redis("cpu_utilization_main_thread", space="user"): "0+40x120",
                _redis("cpu_utilization_main_thread", space="sys"): "0+10x120",
            },
        },
        quiet={
            "45 s a minute": {
                _redis("cpu_utilization_main_thread", space="user"): "0+35x120",
                _redis("cpu_utilization_main_thread", space="sys"): "0+10x120",
            },
            "30 s a minute on each of two nodes": {
                _redis("cpu_utilization_main_thread"): "0+30x120",
                _redis("cpu_utilization_main_thread", node_id="node-1"): "0+30x120",
            },
            "a busy minute": {_redis("cpu_utilization_main_thread"): "0+5x118 650 655"},
        },
    ),
    "RedisEvictionsHigh": Scenarios(
        fires={
            "11 a second": {_redis("evicted_keys"): "0+660x120"},
            "6 a second on each of two nodes": {
                _redis("evicted_keys"): "0+360x120",
                _redis("evicted_keys", node_id="node-1"): "0+360x120",
            },
        },
        quiet={
            "9.5 a second": {_redis("evicted_keys"): "0+570x120"},
            "many, just now": {_redis("evicted_keys"): "0x115 90000x5"},
            "many, and then none": {_redis("evicted_keys"): "0+6000x90 540000x30"},
        },
    ),
    "Neo4jMachineAbsent": _machine("neo4j"),
    "QdrantMachineAbsent": _machine("qdrant"),
    "Neo4jProcessDown": _heartbeats("neo4j"),
    "QdrantProcessDown": _heartbeats("qdrant"),
    "Neo4jDiskHigh": _disks("neo4j"),
    "QdrantDiskHigh": _disks("qdrant"),
    "Neo4jCpuHigh": _of_levels(
        _cpu("neo4j"), {**_GCE, "instance_name": "neo4j"}, low="0.84", high="0.86"
    ),
    "ApiErrorRateHigh": _of_shares(
        _series("run_googleapis_com:request_count", _API, response_code_class="2xx"),
        _series("run_googleapis_com:request_count", _API, response_code_class="5xx"),
        {},
        few="48",
        most="52",
    ),
    "ApiLatencyHigh": _with_quiet(
        _quantile("run_googleapis_com:request_latencies", _API, threshold="2000", above="2100"),
        "the only one, and slow",
        {
            _series("run_googleapis_com:request_latencies_bucket", _API, le="2000"): "0x120",
            _series("run_googleapis_com:request_latencies_bucket", _API, le="2100"): "0x106 1x14",
            _series("run_googleapis_com:request_latencies_bucket", _API, le="+Inf"): "0x106 1x14",
            _series("run_googleapis_com:request_latencies_count", _API): "0x106 1x14",
        },
    ),
    "ApiUptimeCheckFailed": Scenarios(
        fires={
            "two of three": _checks("0x120", "0x120", "1x120"),
            "all, every five minutes": _checks(*[" ".join(["0 _ _ _ _"] * 24)] * 3),
        },
        quiet={
            "one of three": _checks("0x120", "1x120", "1x120"),
            "none": _checks("1x120", "1x120", "1x120"),
            "one, every five minutes": _checks(
                " ".join(["0 _ _ _ _"] * 24), *[" ".join(["1 _ _ _ _"] * 24)] * 2
            ),
        },
        labels=[{"host": "api.apex-memory.example"}],
    ),
    "ApiCertificateExpiring": Scenarios(
        fires={
            "nine days": _days_left("9x120"),
            "nine days, every five minutes": _days_left(" ".join(["9 _ _ _ _"] * 24)),
        },
        quiet={
            "eleven days": _days_left("11x120"),
            "renewed": _days_left("9x100 90x20"),
        },
        labels=[{"host": "api.apex-memory.example"}],
    ),
    "TemporalCertificateExpiring": Scenarios(
        fires={
            "a month before": _checks("1x120", "1x120", "1x120"),
            "whatever the checks say": _checks("0x120", "1x120", "0x120"),
        },
        quiet={
            "for not yet an hour": _checks("_x70 1x50", "_x70 1x50", "_x70 1x50"),
        },
    ),
    "NatPortsExhausted": Scenarios(
        fires={
            "one a minute, of each protocol": _dropped("OUT_OF_RESOURCES", "0+1x120", "0+1x120")
        },
        quiet={
            "one every three minutes": _dropped(
                "OUT_OF_RESOURCES", " ".join(f"{n} {n} {n}" for n in range(40)), "0x120"
            ),
            "for another reason": _dropped("ENDPOINT_INDEPENDENCE_CONFLICT", "0+9x120", "0+9x120"),
            "many, just now": _dropped("OUT_OF_RESOURCES", "0x118 900x2", "0x120"),
        },
    ),
    "QdrantMemoryHigh": _quantile(
        "run_googleapis_com:container_memory_utilizations", _QDRANT, threshold="0.85", above="0.88"
    ),
    "QdrantDown": _running(_QDRANT),
    "WorkerDown": _running(_POOL),
    "JobFailed": Scenarios(
        fires={"once": {_executions("postgres-extensions", "failed"): "0x100 1x20"}},
        quiet={
            "it succeeds": {_executions("postgres-extensions", "succeeded"): "0x100 1x20"},
            "more than an hour ago": {_executions("postgres-extensions", "failed"): "0x50 1x70"},
            "an operator's": {_executions("operator-postgres", "failed"): "0x100 1x20"},
        },
        labels=[{"job_name": "postgres-extensions"}],
    ),
    "SchedulerFailed": Scenarios(
        fires={"all four attempts": {_scheduler("ERROR"): "0x100 4x20"}},
        quiet={
            "the last of four succeeds": {_scheduler("ERROR"): "0x100 3x20"},
            "all succeed": {_scheduler("INFO"): "0x100 4x20"},
            "more than an hour ago": {_scheduler("ERROR"): "0x50 4x70"},
        },
        labels=[{"job_id": "qdrant-snapshot"}],
    ),
    "QdrantSnapshotOld": Scenarios(
        fires={
            "none for an hour": {_executions("qdrant-snapshot", "succeeded"): "0x20 1x100"},
            "all fail": {_executions("qdrant-snapshot", "failed"): "0+1x120"},
            "another job's succeed": {_executions("qdrant-restore", "succeeded"): "0+1x120"},
            "there is nothing to see any more": {
                _executions("qdrant-snapshot", "succeeded"): "1x50 _x70"
            },
        },
        quiet={
            "at every time": {
                _executions("qdrant-snapshot", "succeeded"): "0x20 1x30 2x30 3x40",
            },
            "one is left out": {
                _executions("qdrant-snapshot", "succeeded"): "0x20 1x50 2x50",
            },
        },
        without_series={},
    ),
}
