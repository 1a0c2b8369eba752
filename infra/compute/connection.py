"""What a workload needs to use a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from infra.secrets import StoredSecret


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One database, as its clients see it. A workload that is given it can use the database."""

    environment: Mapping[str, pulumi.Input[str]]
    """Environment variables that are no secret."""
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)
    """Environment variables whose value is a secret."""
    network_tag: str | None = None
    """Network tag of the workloads that the firewall lets through."""
    service: pulumi.Input[str] | None = None
    """Name of the Cloud Run service that the workload must be allowed to invoke."""
