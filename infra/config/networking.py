"""Keys of the network."""

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from infra.config.keys import ConfigSection, key
from infra.config.types import Range

_CONNECTOR_NAME_LENGTH = 20


def _connector(found: str) -> str:
    """Accepts the name of a connector, or none.

    It has fewer than 21 characters, where a hyphen counts as two (Google Cloud, "Connect to a VPC
    network with connectors").
    """
    name = re.fullmatch(r"([a-z]([-a-z0-9]*[a-z0-9])?)?", found, re.ASCII)
    if name is None or len(found) + found.count("-") > _CONNECTOR_NAME_LENGTH:
        raise ValueError("is not a valid connector name")
    return found


class NetworkConfig(ConfigSection):
    """Addresses, and the way from Cloud Run into the network."""

    subnet_cidr: Range = key(
        "subnet-cidr",
        "Range of the subnet that the workloads are in.",
        expected="a private IPv4 range (RFC 1918), /26 or larger",
        example="10.10.0.0/20",
        default="10.10.0.0/20",
    )
    private_services_cidr: Range = key(
        "private-services-cidr",
        "Range that Google's managed services (Cloud SQL) take their private addresses from.",
        expected="a private IPv4 range (RFC 1918), /24 or larger, that overlaps no other",
        example="10.20.0.0/16",
        default="10.20.0.0/16",
    )
    connector: Annotated[str, AfterValidator(_connector)] = key(
        "vpc-connector",
        "Name of the Serverless VPC Access connector that Cloud Run reaches the network through. "
        "Empty for Direct VPC egress, which costs nothing and needs no connector.",
        expected=(
            "nothing, or a name of lower-case letters, digits and inner hyphens, of at most "
            f"{_CONNECTOR_NAME_LENGTH} characters where a hyphen counts as two"
        ),
        example="apex-vpc-connector",
        default="",
    )
    connector_cidr: Range = key(
        "vpc-connector-cidr",
        "The /28 that the connector's own machines are in; used when `vpc-connector` is set.",
        expected="a private IPv4 range (RFC 1918), exactly /28, that overlaps no other",
        example="10.10.16.0/28",
        default="10.10.16.0/28",
    )

    @field_validator("subnet_cidr", "private_services_cidr", "connector_cidr")
    @classmethod
    def _size(cls, found: IPv4Network, info: ValidationInfo) -> IPv4Network:
        least, most = {
            "subnet_cidr": (8, 26),  # Direct VPC egress takes no smaller subnet
            "private_services_cidr": (8, 24),  # what Cloud SQL takes for one region
            "connector_cidr": (28, 28),
        }[str(info.field_name)]
        if not least <= found.prefixlen <= most:
            raise ValueError("has the wrong size")
        return found

    @field_validator("private_services_cidr", "connector_cidr")
    @classmethod
    def _apart(cls, found: IPv4Network, info: ValidationInfo) -> IPv4Network:
        if info.field_name == "connector_cidr" and not info.data.get("connector"):
            return found  # not used
        for name in ("subnet_cidr", "private_services_cidr"):
            other: IPv4Network | None = info.data.get(name)
            if other is not None and found.overlaps(other):
                raise ValueError(f"overlaps {cls.model_fields[name].alias} ({other})")
        return found
