"""From which value on somebody is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where the alerts begin: first the ingestion's, then the infrastructure's.

    A share is between 0 and 1. The ingestion's are first guesses, to be set anew after a month of
    real work; the infrastructure's follow what the services' own guides call too much.
    """

    workflow_failure_ratio: float = 0.10
    """Share of the ended workflows that failed."""
    activity_retry_ratio: float = 0.25
    """Share of the attempts at activities that were retries."""
    task_queue_depth: float = 100
    """Tasks that wait."""
    saga_rollback_ratio: float = 0.05
    """Share of the started workflows whose writes were taken back."""
    s3_failure_ratio: float = 0.05
    """Share of the downloads that failed."""
    embedding_failure_ratio: float = 0.05
    """Share of the attempts at making embeddings that failed."""
    database_write_failure_ratio: float = 0.01
    """Share of the writes to one database that failed. A lost write is a rollback, so it is low."""
    workflow_duration_p99_seconds: float = 600
    """What 99 of 100 workflows stay under."""
    minimum_count: float = 5
    """Events within the time that is looked back on; of fewer, a share says nothing."""

    postgres_cpu_ratio: float = 0.80
    """Share of the instance's processors."""
    postgres_memory_ratio: float = 0.90
    """Share of the instance's memory. PostgreSQL keeps what it can in its cache: high is usual."""
    postgres_disk_ratio: float = 0.80
    """Share of the disk, which grows by itself up to its limit."""
    postgres_connections: float = 80
    """Open connections. An instance with 3.75 GB takes 100, a db-f1-micro 25 (Cloud SQL for
    PostgreSQL, "Configure database flags", the defaults of max_connections)."""
    redis_memory_ratio: float = 0.80
    """Share of the instance's memory (Memorystore, "Memory management best practices")."""
    redis_cpu_ratio: float = 0.80
    """Share of the one processor that Redis runs commands on."""
    redis_evicted_keys_per_second: float = 10
    """Keys that make room for others."""
    neo4j_cpu_ratio: float = 0.85
    """Share of the machine's processors."""
    machine_disk_ratio: float = 0.85
    """Share of a disk of a database's machine. It does not grow by itself."""
    api_error_ratio: float = 0.05
    """Share of the requests that are answered with 5xx."""
    api_latency_p95_milliseconds: float = 2000
    """What 95 of 100 requests stay under."""
    certificate_days: float = 10
    """Days that a certificate is good for at least. Google renews its own weeks before that."""
    temporal_certificate_days: float = 30
    """Days that the client certificate for Temporal is good for at least. Only we renew it."""
    nat_dropped_packets: float = 10
    """Packets to the internet that find no port within a quarter of an hour."""
    qdrant_memory_ratio: float = 0.85
    """Share of the container's memory, which is its disk too: full, it is killed, and empty."""


THRESHOLDS: Mapping[Literal["dev", "staging", "production"], Thresholds] = {
    # A shared processor may be busy for a while, and 0.6 GB of memory allow 25 connections.
    "dev": Thresholds(
        postgres_cpu_ratio=0.95,
        postgres_memory_ratio=0.95,
        postgres_connections=20,
        workflow_duration_p99_seconds=1200,
        api_latency_p95_milliseconds=5000,
    ),
    "staging": Thresholds(),
    "production": Thresholds(),
}
"""By environment."""
