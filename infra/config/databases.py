"""Keys of the four databases."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from infra.config.cron import longest_pause
from infra.config.images import PinnedImages
from infra.config.types import BOOLEAN, Boolean, Image

SHARED_CORE_TIERS = ("db-f1-micro", "db-g1-small")
"""Machines that share their core with others: outside Cloud SQL's SLA."""

_MOST_VCPUS = 96
_LEAST_MEMORY = 3840  # MiB
_MEMORY_STEP = 256  # MiB
_DISK = "10 to 65536 GB"


def _tier(found: str) -> str:
    """Returns the PostgreSQL machine that a tier names.

    A custom machine has 1 vCPU or an even number of them up to 96, and for each 0.9 to 6.5 GB of
    memory in steps of 256 MB, at least 3.75 GB in all (Cloud SQL for PostgreSQL, "Instance
    settings", read in November 2026).
    """
    if found in SHARED_CORE_TIERS:
        return found
    if found == "db-n1-standard-1":
        return "db-custom-1-3840"
    machine = re.fullmatch(r"db-custom-([1-9]\d?)-([1-9]\d{3,5})", found, re.ASCII)
    if machine is None:
        raise ValueError("is no machine of Cloud SQL for PostgreSQL")
    vcpus, memory = int(machine[1]), int(machine[2])
    if vcpus > _MOST_VCPUS or (vcpus > 1 and vcpus % 2):
        raise ValueError(f"has {vcpus} vCPUs: 1 or an even number up to {_MOST_VCPUS} can be had")
    least, most = max(_LEAST_MEMORY, vcpus * 1024 * 9 / 10), vcpus * 1024 * 13 / 2
    if memory % _MEMORY_STEP or not least <= memory <= most:
        raise ValueError(
            f"has {memory} MiB of memory: with {vcpus} vCPU it is {least:.0f} to {most:.0f} MiB "
            f"in steps of {_MEMORY_STEP}"
        )
    return found


class PostgresConfig(PinnedImages):
    """PostgreSQL on Cloud SQL."""

    database_instance: str = Field(
        alias="database-instance",
        # With the project's name and a colon 98 characters (Cloud SQL, "Instance settings", 2026).
        pattern=r"^([a-z]([a-z0-9-]{0,65}[a-z0-9])?)?$",
        description="nothing, or the name of an instance of Cloud SQL, which is there already",
        examples=["postgres-restored"],
    )
    database_tier: Annotated[str, AfterValidator(_tier)] = Field(
        alias="database-tier",
        description="db-f1-micro, db-g1-small, db-n1-standard-1 or db-custom-<vCPU>-<MiB>",
        examples=["db-custom-1-3840"],
    )
    database_high_availability: Boolean = Field(
        alias="database-high-availability",
        description=f"{BOOLEAN}; false on a shared-core tier",
        examples=["false"],
    )
    database_public_ip: Boolean = Field(
        alias="database-public-ip", description=f"{BOOLEAN}; true in dev only", examples=["false"]
    )
    database_backup_retention: int = Field(
        alias="database-backup-retention",
        # No fewer than the days of transaction logs, which Cloud SQL asks for.
        ge=7,
        le=365,
        description="7 to 365 daily backups",
        examples=["7"],
    )
    database_disk_size: int = Field(
        alias="database-disk-size", ge=10, le=65536, description=_DISK, examples=["10"]
    )
    database_disk_limit: int = Field(
        alias="database-disk-limit",
        ge=10,
        le=65536,
        description=f"{_DISK}, at least database-disk-size",
        examples=["50"],
    )
    postgres_client_image: Image = Field(
        alias="postgres-client-image",
        description="a container image with psql in it, by digest outside dev",
        examples=["docker.io/postgres:17-alpine"],
    )

    @field_validator("database_high_availability")
    @classmethod
    def _own_core(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        tier = info.data.get("database_tier")
        if found and tier in SHARED_CORE_TIERS:
            raise ValueError(f"contradicts database-tier {tier}, which shares its core")
        return found

    @field_validator("database_public_ip")
    @classmethod
    def _private(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        environment = info.data.get("environment")
        if found and environment != "dev":
            raise ValueError(f"puts the database of {environment} on the internet")
        return found

    @field_validator("database_disk_limit")
    @classmethod
    def _room(cls, found: int, info: ValidationInfo) -> int:
        size: int | None = info.data.get("database_disk_size")
        if size is not None and found < size:
            raise ValueError(f"is less than database-disk-size ({size})")
        return found


class Neo4jConfig(PinnedImages):
    """Neo4j on a virtual machine."""

    neo4j_image: Image = Field(
        alias="neo4j-image",
        description="a container image of Neo4j 5 Community, by digest outside dev",
        examples=["docker.io/neo4j:5.26-community"],
    )
    neo4j_machine_type: Literal[
        "e2-small", "e2-medium", "e2-standard-2", "e2-standard-4", "e2-standard-8"
    ] = Field(
        alias="neo4j-machine-type",
        description="e2-small, e2-medium, e2-standard-2, e2-standard-4 or e2-standard-8",
        examples=["e2-small"],
    )
    neo4j_disk_size: int = Field(
        alias="neo4j-disk-size", ge=10, le=65536, description=_DISK, examples=["10"]
    )


class RedisConfig(PinnedImages):
    """Redis on Memorystore."""

    redis_tier: Literal["BASIC", "STANDARD_HA"] = Field(
        alias="redis-tier", description="BASIC or STANDARD_HA", examples=["BASIC"]
    )
    redis_memory_size: int = Field(
        alias="redis-memory-size", ge=1, le=300, description="1 to 300 GB", examples=["1"]
    )


class QdrantConfig(PinnedImages):
    """Qdrant, on Cloud Run or on a virtual machine."""

    qdrant_runtime: Literal["cloud-run", "vm"] = Field(
        alias="qdrant-runtime", description="cloud-run or vm", examples=["cloud-run"]
    )
    qdrant_image: Image = Field(
        alias="qdrant-image",
        description="a container image of Qdrant, by digest outside dev",
        examples=["docker.io/qdrant/qdrant:v1.17.0"],
    )
    qdrant_memory: Literal["1Gi", "2Gi", "4Gi"] = Field(
        alias="qdrant-memory", description="1Gi, 2Gi or 4Gi", examples=["2Gi"]
    )
    qdrant_snapshot_image: Image = Field(
        alias="qdrant-snapshot-image",
        description="a container image with sh and curl in it, by digest outside dev",
        examples=["docker.io/curlimages/curl:8.17.0"],
    )
    qdrant_snapshot_schedule: str = Field(
        alias="qdrant-snapshot-schedule",
        pattern=r"^[\d*,/-]+( [\d*,/-]+){4}$",
        description="five fields as cron has them (minute hour day month weekday), in UTC",
        examples=["0 */6 * * *"],
    )

    @field_validator("qdrant_snapshot_schedule")
    @classmethod
    def _comes_round(cls, found: str) -> str:
        longest_pause(found)
        return found
