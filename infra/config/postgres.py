"""Keys of PostgreSQL."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from infra.config.keys import ConfigSection, environment_of, given, key
from infra.config.types import BOOLEAN, DISK, Boolean, Image

SHARED_CORE_TIERS = ("db-f1-micro", "db-g1-small")
"""Machines that share their core with others: outside Cloud SQL's SLA."""

_MOST_VCPUS = 96
_LEAST_MEMORY = 3840  # MiB
_MEMORY_STEP = 256  # MiB


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
        raise ValueError("is not a machine type of Cloud SQL for PostgreSQL")
    vcpus, memory = int(machine[1]), int(machine[2])
    if vcpus > _MOST_VCPUS or (vcpus > 1 and vcpus % 2):
        raise ValueError(f"has {vcpus} vCPUs; 1 or an even number up to {_MOST_VCPUS} is available")
    least, most = max(_LEAST_MEMORY, vcpus * 1024 * 9 / 10), vcpus * 1024 * 13 / 2
    if memory % _MEMORY_STEP or not least <= memory <= most:
        raise ValueError(
            f"has {memory} MiB of memory: with {vcpus} vCPU it is {least:.0f} to {most:.0f} MiB "
            f"in steps of {_MEMORY_STEP}"
        )
    return found


class PostgresConfig(ConfigSection):
    """PostgreSQL on Cloud SQL."""

    restored: str = key(
        "database-instance",
        "Name of an instance that PostgreSQL was restored into, which the stack takes over in "
        "place of its own: docs/runbooks/postgres-restore.md. Empty for the stack's own.",
        expected="nothing, or the name of an existing Cloud SQL instance",
        example="postgres-restored",
        default="",
        # With the project's name and a colon 98 characters (Cloud SQL, "Instance settings", 2026).
        pattern=r"^([a-z]([a-z0-9-]{0,65}[a-z0-9])?)?$",
    )
    tier: Annotated[str, AfterValidator(_tier)] = key(
        "database-tier",
        "Machine of the PostgreSQL instance: db-f1-micro, db-g1-small, db-custom-<vCPU>-<MiB>, or "
        "db-n1-standard-1, which means db-custom-1-3840.",
        expected="db-f1-micro, db-g1-small, db-n1-standard-1 or db-custom-<vCPU>-<MiB>",
        example="db-custom-1-3840",
        default="db-f1-micro",
    )
    high_availability: Boolean = key(
        "database-high-availability",
        "Whether a standby in a second zone takes over. Not on shared-core tiers.",
        expected=f"{BOOLEAN}; false on a shared-core tier",
        example="false",
        default=False,
    )
    public_ip: Boolean = key(
        "database-public-ip",
        "Whether PostgreSQL has a public address besides its private one. In dev only, and the "
        "policy pack refuses it there, too.",
        expected=f"{BOOLEAN}; true in dev only",
        example="false",
        default=False,
    )
    disk_size: int = key(
        "database-disk-size",
        "Size of the PostgreSQL disk at creation, in GB. It grows by itself.",
        expected=DISK,
        example="10",
        default=10,
        ge=10,
        le=65536,
    )
    disk_limit: int = key(
        "database-disk-limit",
        "Size that the PostgreSQL disk does not grow beyond, in GB.",
        expected=f"{DISK}, at least database-disk-size",
        example="50",
        default=50,
        ge=10,
        le=65536,
    )
    client_image: Image = key(
        "postgres-client-image",
        "Image with psql, for the job that creates PostgreSQL's extensions.",
        expected="a container image with psql in it, by digest outside dev",
        example="docker.io/postgres:17-alpine",
        default="docker.io/postgres:17.11-alpine@sha256:"
        "18cfe3ef5e6815560c98237d6216d1e5119702fb0f3894c8785dd58b8bbe5d73",
    )

    @field_validator("high_availability")
    @classmethod
    def _own_core(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        tier = info.data.get("tier")
        if found and tier in SHARED_CORE_TIERS:
            raise ValueError(f"contradicts database-tier {tier}, which shares its core")
        return found

    @field_validator("public_ip")
    @classmethod
    def _private(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        environment = environment_of(given(info, "stack"))
        if found and environment not in ("dev", None):
            raise ValueError(f"puts the database of {environment} on the internet")
        return found

    @field_validator("disk_limit")
    @classmethod
    def _room(cls, found: int, info: ValidationInfo) -> int:
        size: int | None = info.data.get("disk_size")
        if size is not None and found < size:
            raise ValueError(f"is less than database-disk-size ({size})")
        return found
