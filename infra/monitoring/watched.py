"""What the alerts on the infrastructure look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The names of what is watched."""

    project: str
    region: str
    postgres_instance: str = "postgres"
    redis_instance: str = "redis"
    neo4j_instance: str | None = None
    """The machine's name; None where there is no Neo4j."""
    api_service: str = "apex-api"
    nat_gateway: str = "apex-memory-nat"
    qdrant_service: str | None = None
    """None where Qdrant is no Cloud Run service."""
    qdrant_instance: str | None = None
    """The machine's name; None where Qdrant has none."""
    qdrant_snapshot_job: str = "qdrant-snapshot"
    qdrant_snapshot_period: timedelta = timedelta(hours=6)
    """The longest time from one snapshot to the next."""
    temporal_certificate_end: datetime | None = None
    """When the client certificate for Temporal ends; None where there is none, or nobody knows."""
    worker_pool: str | None = None
    """None where no worker may be running and nothing be wrong."""
    worker_metrics: bool = False
    """Whether the workers of that pool have metrics. Google's sample, in their place, has none."""

    @property
    def machines(self) -> list[str]:
        """The databases' machines, by name."""
        return [name for name in (self.neo4j_instance, self.qdrant_instance) if name]
