"""The stack's configuration as one typed, validated object.

Every key but `gcp:project` and `gcp:region` is declared in Pulumi.yaml, where its default stands
too: Pulumi fills defaults in before the program runs, so a key that is missing here has none.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

import pulumi
from pulumi.runtime import get_config, is_config_secret
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

SHARED_CORE_TIERS = ("db-f1-micro", "db-g1-small")
"""Machines that share their core with others: outside Cloud SQL's SLA."""

_PRIVATE_RANGES = tuple(  # RFC 1918
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_MOST_VCPUS = 96
_LEAST_MEMORY = 3840  # MiB
_MEMORY_STEP = 256  # MiB
_CONNECTOR_NAME_LENGTH = 20


# Each validator's message goes on after the value that was found: "database-tier: 'x' is ...".


def _boolean(found: str) -> bool:
    """Reads a boolean as Pulumi does: nothing but these two."""
    if found not in ("true", "false"):
        raise ValueError("is not a boolean")
    return found == "true"


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


def _private_range(found: IPv4Network) -> IPv4Network:
    if not any(found.subnet_of(private) for private in _PRIVATE_RANGES):
        raise ValueError("is not in a private range")
    return found


def _connector(found: str) -> str:
    """Accepts the name of a connector, or none.

    It has fewer than 21 characters, where a hyphen counts as two (Google Cloud, "Connect to a VPC
    network with connectors").
    """
    name = re.fullmatch(r"([a-z]([-a-z0-9]*[a-z0-9])?)?", found, re.ASCII)
    if name is None or len(found) + found.count("-") > _CONNECTOR_NAME_LENGTH:
        raise ValueError("is no valid name of a connector")
    return found


_Boolean = Annotated[bool, BeforeValidator(_boolean)]
_LabelValue = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,63}$")]
_Range = Annotated[IPv4Network, AfterValidator(_private_range)]
_Secret = pulumi.Output[str]

_BOOLEAN = "true or false"
_LABEL = "1 to 63 lower-case letters, digits, hyphens and underscores"
_STRONG = "a secret of at least 16 characters: lower and upper case, digits and others"
_API_KEY = "a secret API key"


class StackConfig(BaseModel):
    """What differs between stacks.

    A field's alias is its key, its description what is expected and its first example a valid
    value: the error messages are made of these.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", frozen=True)

    environment: Literal["dev", "staging", "production"] = Field(
        alias="stack", description="dev, staging or production", examples=["dev"]
    )
    project: str = Field(
        alias="gcp:project",
        pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
        description="the id of a Google Cloud project: 6 to 30 lower-case letters, digits, hyphens",
        examples=["apex-memory-dev"],
    )
    region: str = Field(
        alias="gcp:region",
        pattern=r"^[a-z]+-[a-z]+\d{1,2}$",
        description="a Google Cloud region",
        examples=["us-central1"],
    )
    owner: _LabelValue = Field(alias="owner", description=_LABEL, examples=["platform"])
    cost_center: _LabelValue = Field(
        alias="cost-center", description=_LABEL, examples=["apex-memory"]
    )
    deletion_protection: _Boolean = Field(
        alias="deletion-protection", description=_BOOLEAN, examples=["true"]
    )
    name_suffix: str = Field(
        alias="name-suffix",
        pattern=r"^([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$",
        description="nothing, or up to 20 lower-case letters, digits and inner hyphens",
        examples=["2"],
    )

    subnet_cidr: _Range = Field(
        alias="subnet-cidr",
        description="a private IPv4 range (RFC 1918), /26 or larger",
        examples=["10.10.0.0/20"],
    )
    private_services_cidr: _Range = Field(
        alias="private-services-cidr",
        description="a private IPv4 range (RFC 1918), /24 or larger, that overlaps no other",
        examples=["10.20.0.0/16"],
    )
    vpc_connector: Annotated[str, AfterValidator(_connector)] = Field(
        alias="vpc-connector",
        description=(
            "nothing, or a name of lower-case letters, digits and inner hyphens, of at most "
            f"{_CONNECTOR_NAME_LENGTH} characters where a hyphen counts as two"
        ),
        examples=["apex-vpc-connector"],
    )
    vpc_connector_cidr: _Range = Field(
        alias="vpc-connector-cidr",
        description="a private IPv4 range (RFC 1918), exactly /28, that overlaps no other",
        examples=["10.10.16.0/28"],
    )

    database_tier: Annotated[str, AfterValidator(_tier)] = Field(
        alias="database-tier",
        description="db-f1-micro, db-g1-small, db-n1-standard-1 or db-custom-<vCPU>-<MiB>",
        examples=["db-custom-1-3840"],
    )
    database_high_availability: _Boolean = Field(
        alias="database-high-availability",
        description=f"{_BOOLEAN}; false on a shared-core tier",
        examples=["false"],
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
        alias="database-disk-size", ge=10, le=65536, description="10 to 65536 GB", examples=["10"]
    )
    database_disk_limit: int = Field(
        alias="database-disk-limit",
        ge=10,
        le=65536,
        description="10 to 65536 GB, at least database-disk-size",
        examples=["50"],
    )

    secrets_version: int = Field(
        alias="secrets-version", ge=1, description="a number from 1", examples=["1"]
    )
    postgres_password: _Secret = Field(alias="postgres-password", description=_STRONG)
    neo4j_password: _Secret = Field(alias="neo4j-password", description=_STRONG)
    jwt_secret_key: _Secret = Field(alias="jwt-secret-key", description="a random secret")
    openai_api_key: _Secret = Field(alias="openai-api-key", description=_API_KEY)
    anthropic_api_key: _Secret = Field(alias="anthropic-api-key", description=_API_KEY)

    @property
    def secrets(self) -> Mapping[str, pulumi.Output[str]]:
        """Every secret value by its key."""
        return {
            _key(field): getattr(self, name)
            for name, field in StackConfig.model_fields.items()
            if _is_secret(field)
        }

    @field_validator("subnet_cidr", "private_services_cidr", "vpc_connector_cidr")
    @classmethod
    def _size(cls, found: IPv4Network, info: ValidationInfo) -> IPv4Network:
        least, most = {
            "subnet_cidr": (8, 26),  # Direct VPC egress takes no smaller subnet
            "private_services_cidr": (8, 24),  # what Cloud SQL takes for one region
            "vpc_connector_cidr": (28, 28),
        }[str(info.field_name)]
        if not least <= found.prefixlen <= most:
            raise ValueError("has the wrong size")
        return found

    @field_validator("private_services_cidr", "vpc_connector_cidr")
    @classmethod
    def _apart(cls, found: IPv4Network, info: ValidationInfo) -> IPv4Network:
        if info.field_name == "vpc_connector_cidr" and not info.data.get("vpc_connector"):
            return found  # not used
        for name in ("subnet_cidr", "private_services_cidr"):
            other: IPv4Network | None = info.data.get(name)
            if other is not None and found.overlaps(other):
                raise ValueError(f"overlaps {_key(cls.model_fields[name])} ({other})")
        return found

    @field_validator("database_high_availability")
    @classmethod
    def _own_core(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        tier = info.data.get("database_tier")
        if found and tier in SHARED_CORE_TIERS:
            raise ValueError(f"contradicts database-tier {tier}, which shares its core")
        return found

    @field_validator("database_disk_limit")
    @classmethod
    def _room(cls, found: int, info: ValidationInfo) -> int:
        size: int | None = info.data.get("database_disk_size")
        if size is not None and found < size:
            raise ValueError(f"is less than database-disk-size ({size})")
        return found


def load() -> StackConfig:
    """Reads the configuration of the stack that is being deployed.

    Raises:
        pulumi.RunError: some of it is missing or wrong. The message names every such key with what
            was found, what is expected and the command that sets it; it shows no secret.
    """
    stack = pulumi.get_stack()
    fields = {_key(field): field for field in StackConfig.model_fields.values()}
    values: dict[str, Any] = {"stack": stack}
    for key in fields.keys() - {"stack"}:
        found = get_config(_full_key(key))
        if _is_secret(fields[key]):
            if found:  # an empty secret is none
                values[key] = pulumi.Output.secret(found) if _is_encrypted(key) else None
        elif found is not None:
            values[key] = found
    try:
        return StackConfig.model_validate(values)
    except ValidationError as error:
        problems = [
            _problem(stack, fields[str(detail["loc"][0])], detail) for detail in error.errors()
        ]
        raise pulumi.RunError(
            "\n".join([f"The configuration of stack {stack} is not valid.", *problems])
        ) from None


def _problem(stack: str, field: FieldInfo, detail: ErrorDetails) -> str:
    key = _key(field)
    if detail["type"] == "missing":
        problem = "is not set"
    elif _is_secret(field):
        problem = "is a secret and not encrypted"
    else:
        found = "a secret value" if _is_encrypted(key) else repr(str(detail["input"]))
        reason = detail["ctx"]["error"] if detail["type"] == "value_error" else "is not valid"
        problem = f"{found} {reason}"
    if key == "stack":
        fix = "pulumi stack select"
    elif _is_secret(field):
        fix = f"pulumi config set --stack {stack} --secret {key}"
    else:
        fix = f"pulumi config set --stack {stack} {key}"
    example = field.examples[0] if field.examples else ""
    return f"  {key}: {problem}; expected {field.description}.\n    {fix} {example}".rstrip()


def _key(field: FieldInfo) -> str:
    """Returns the key as it is written on Pulumi's command line."""
    return str(field.alias)


def _full_key(key: str) -> str:
    """Returns the key as it is written in the stack's file."""
    return key if ":" in key else f"{pulumi.get_project()}:{key}"


def _is_encrypted(key: str) -> bool:
    return is_config_secret(_full_key(key))


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation == _Secret
