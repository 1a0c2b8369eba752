"""Keys of the four databases."""

from typing import Literal

from pydantic import field_validator

from infra.config.cron import longest_pause
from infra.config.keys import ConfigSection, key
from infra.config.postgres import PostgresConfig
from infra.config.types import BOOLEAN, DISK, Boolean, Image

QdrantRuntime = Literal["cloud-run", "vm"]
QdrantMemory = Literal["1Gi", "2Gi", "4Gi"]


class Neo4jConfig(ConfigSection):
    """Neo4j on a virtual machine."""

    image: Image = key(
        "neo4j-image",
        "Image of Neo4j 5, Community Edition.",
        expected="a container image of Neo4j 5 Community, by digest outside dev",
        example="docker.io/neo4j:5.26-community",
        default="docker.io/neo4j:5.26.28-community@sha256:"
        "362542416de6c09a971484d1893878016cc3b5cdec166e54b1c824a220ecd6b9",
    )
    machine_type: Literal[
        "e2-small", "e2-medium", "e2-standard-2", "e2-standard-4", "e2-standard-8"
    ] = key(
        "neo4j-machine-type",
        "Machine that Neo4j is on; e2-small has the 2 GB that it needs at least.",
        expected="e2-small, e2-medium, e2-standard-2, e2-standard-4 or e2-standard-8",
        example="e2-small",
        default="e2-small",
    )
    disk_size: int = key(
        "neo4j-disk-size",
        "Size of Neo4j's data disk, in GB. Raise it, and the file system grows at the next start.",
        expected=DISK,
        example="10",
        default=10,
        ge=10,
        le=65536,
    )


class RedisConfig(ConfigSection):
    """Redis on Memorystore."""

    tier: Literal["BASIC", "STANDARD_HA"] = key(
        "redis-tier",
        "BASIC, or STANDARD_HA with a replica in a second zone.",
        expected="BASIC or STANDARD_HA",
        example="BASIC",
        default="BASIC",
    )
    memory_size: int = key(
        "redis-memory-size",
        "Memory of the Redis instance, in GB.",
        expected="1 to 300 GB",
        example="1",
        default=1,
        ge=1,
        le=300,
    )


class QdrantConfig(ConfigSection):
    """Qdrant, on Cloud Run or on a virtual machine."""

    runtime: QdrantRuntime = key(
        "qdrant-runtime",
        "cloud-run, where Qdrant is a cache that is restored from its snapshots, or vm, where it "
        "has a disk.",
        expected="cloud-run or vm",
        example="cloud-run",
        default="cloud-run",
    )
    image: Image = key(
        "qdrant-image",
        "Image of Qdrant, 1.17 or later.",
        expected="a container image of Qdrant, by digest outside dev",
        example="docker.io/qdrant/qdrant:v1.17.0",
        default="docker.io/qdrant/qdrant:v1.17.0@sha256:"
        "f1c7272cdac52b38c1a0e89313922d940ba50afd90d593a1605dbbc214e66ffb",
    )
    memory: QdrantMemory = key(
        "qdrant-memory",
        "Memory of Qdrant on Cloud Run, its data included.",
        expected="1Gi, 2Gi or 4Gi",
        example="2Gi",
        default="2Gi",
    )
    snapshot_image: Image = key(
        "qdrant-snapshot-image",
        "Image with sh and curl, for the jobs that make and restore snapshots. It runs as 100:101, "
        "as curl's own does, or as root.",
        expected="a container image with sh and curl in it, by digest outside dev",
        example="docker.io/curlimages/curl:8.17.0",
        default="docker.io/curlimages/curl:8.17.0@sha256:"
        "935d9100e9ba842cdb060de42472c7ca90cfe9a7c96e4dacb55e79e560b3ff40",
    )
    snapshot_schedule: str = key(
        "qdrant-snapshot-schedule",
        "When snapshots are made, as cron has it, in UTC. What came later is lost at a restart.",
        expected="five cron fields (minute hour day month weekday), in UTC",
        example="0 */6 * * *",
        default="0 */6 * * *",
        pattern=r"^[\d*,/-]+( [\d*,/-]+){4}$",
    )

    @field_validator("snapshot_schedule")
    @classmethod
    def _comes_round(cls, found: str) -> str:
        longest_pause(found)
        return found


class OperatorAccessConfig(ConfigSection):
    """Whether operators reach the databases, and who."""

    enabled: Boolean = key(
        "operator-access",
        "Whether there are jobs in which psql, cypher-shell, redis-cli and curl reach the "
        "databases, with the application's credentials; docs/runbooks/operator-access.md.",
        expected=BOOLEAN,
        example="true",
        default=False,
    )
    operators: str = key(
        "operators",
        "The group that may run these jobs, as group:NAME@DOMAIN. Empty for those who may run "
        "every job of the project.",
        expected="nothing, or a group as in IAM: group:NAME@DOMAIN",
        example="group:apex-memory-operators@example.com",
        default="",
        pattern=r"^(group:[^@\s]+@[^@\s]+\.[^@\s.]+)?$",
    )
    redis_client_image: Image = key(
        "redis-client-image",
        "Image with redis-cli, for the job that asks Redis.",
        expected="a container image with redis-cli in it, by digest outside dev",
        example="docker.io/redis:7.2-alpine",
        default="docker.io/redis:7.2.16-alpine@sha256:"
        "29e8589c3f9ba699b5f7aa4b3c7733c58852a3626439e619aa0ee78de08c6ca0",
    )


class DatabasesConfig(ConfigSection):
    """The four databases, and the operators' way to them."""

    backup_retention: int = key(
        "database-backup-retention",
        "How many days backups are kept, those of PostgreSQL, of the machines' disks and of "
        "Qdrant.",
        expected="7 to 365 daily backups",
        example="7",
        default=7,
        # No fewer than the days of transaction logs, which Cloud SQL asks for.
        ge=7,
        le=365,
    )
    postgres: PostgresConfig
    neo4j: Neo4jConfig
    redis: RedisConfig
    qdrant: QdrantConfig
    operator_access: OperatorAccessConfig
