"""What Locust is given, and what it gives back; it runs in an environment of its own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.smoke.contract import Paths

KINDS = ("search", "ingest", "delete")
"""What the users ask for, as the report calls it."""

_VARIABLE = "APEX_LOAD_PLAN"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One load test, as far as its users are concerned."""

    paths: Paths
    pause: float
    """Seconds between two requests of a user; half of it to one and a half."""
    requests: int | None
    """Requests after which it ends; None where time alone ends it."""
    request_timeout: float
    """Seconds after which a request counts as an error."""
    samples: Path
    """Where each request is written down."""

    def environment(self) -> dict[str, str]:
        """Returns itself as a variable of a process's environment."""
        return {_VARIABLE: json.dumps({**dataclasses.asdict(self), "samples": str(self.samples)})}

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Plan:
        """Returns the plan that `environment` made."""
        fields = json.loads(environment[_VARIABLE])
        changed = {"paths": Paths(**fields["paths"]), "samples": Path(fields["samples"])}
        return cls(**{**fields, **changed})


@dataclass(frozen=True)
class Sample:
    """One request."""

    kind: str
    seconds: float
    error: str | None
    """Why it counts as an error; None where it does not."""

    @classmethod
    def read(cls, lines: Iterable[str]) -> list[Sample]:
        """Returns the requests that were written down, one a line."""
        return [cls(**json.loads(line)) for line in lines]

    def line(self) -> str:
        """Returns itself as a line to be written down."""
        return json.dumps({"kind": self.kind, "seconds": self.seconds, "error": self.error}) + "\n"
