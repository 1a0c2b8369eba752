"""Keys of the network."""

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from infra.config.types import ConfigSection, Range

_CONNECTOR_NAME_LENGTH = 20


def _connector(found: str) -> str:
    """Accepts the name of a connector, or none.

    It has fewer than 21 characters, where a hyphen counts as two (Google Cloud, "Connect to a VPC
    network with connectors").
    """
    name = re.fullmatch(r"([a-z]([-a-z0-9]*[a-z0-9])?)?", found, re.ASCII)
    if name is None or len(found) + found.count("-") > _CONNECTOR_NAME_LENGTH:
        raise ValueError("is no valid name of a connector")
    return found


class NetworkConfig(ConfigSection):
    """Addresses, and the way from Cloud Run into the network."""

    subnet_cidr: Range = Field(
        alias="subnet-cidr",
        description="a private IPv4 range (RFC 1918), /26 or larger",
        examples=["10.10.0.0/20"],
    )
    private_services_cidr: Range = Field(
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
    vpc_connector_cidr: Range = Field(
        alias="vpc-connector-cidr",
        description="a private IPv4 range (RFC 1918), exactly /28, that overlaps no other",
        examples=["10.10.16.0/28"],
    )

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
                raise ValueError(f"overlaps {cls.model_fields[name].alias} ({other})")
        return found
