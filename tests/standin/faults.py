"""What can be wrong with the stand-in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.smoke.contract import DATABASES

Endpoint = Literal["health", "ingest", "status", "delete", "search", "metrics"]
"""Those of `Paths`."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """How a stand-in differs from an API that does all that docs/workloads.md asks of it."""

    down: bool = False
    """Connections are closed without an answer."""
    delay: float = 0.0
    """Seconds before every answer."""
    delays: Mapping[Endpoint, float] = field(default_factory=dict)
    """Seconds before the answers of some endpoints, instead."""
    statuses: Mapping[Endpoint, int] = field(default_factory=dict)
    """Status codes of endpoints that fail. Such an answer repeats the credentials."""
    redirects: Mapping[Endpoint, str] = field(default_factory=dict)
    """Where endpoints point to, instead of answering."""
    bodies: Mapping[Endpoint, bytes] = field(default_factory=dict)
    """What endpoints say instead of what they should."""
    late: int = 0
    """How often health, status and metrics are asked in vain before they are as they should be."""
    workflow: str = "running"
    """State of every document."""
    databases: Collection[str] = DATABASES
    """Those that answer a search."""
    metrics_stale: bool = False
    """The counter of searches stands still."""
    open_to_all: bool = False
    """No credentials are asked for."""
