"""Somebody who releases the API of a small stack, through the real engine."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.release.gates import Limits, Measured
from operations.release.monitoring import Revision
from operations.release.run import Gates, Patience, ReleaseRun
from operations.service import Address
from operations.smoke import SmokeResult
from operations.stack import OperatedStack
from tests.engine.harness import Stack

FINE = Measured(requests=1000, errors=0, latency_p95_ms=200)


@dataclass
class Operator:
    """Somebody who runs the release command, and whom the gates answer as a test wants."""

    stack: Stack
    broken: set[str] = field(default_factory=set)
    """Beginnings of the hosts whose smoke tests fail, whatever the verdict is."""
    verdict: SmokeResult = field(default_factory=lambda: SmokeResult(passed=True, reason="passed"))
    measured: Measured = FINE
    later: timedelta = timedelta(hours=1)
    asked: list[Any] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def run(self) -> ReleaseRun:
        """The command, started anew."""
        return ReleaseRun(
            OperatedStack(self.stack._stack, (), lambda _: None),
            Gates(self._smoke, self._measure, Limits()),
            Patience(),
            self.said.append,
            lambda: datetime.now(UTC) + self.later,
        )

    def promote(self, image: str | None = None) -> str:
        return str(self.run().promote(image))

    def rollback(self) -> list[str]:
        service, taken = self.run().back()
        self.run().rollback(service, taken)
        return [str(step) for step in taken]

    def _smoke(self, address: Address) -> SmokeResult:
        self.asked.append(address)
        host = address.url.removeprefix("https://")
        if any(host.startswith(name) for name in self.broken):
            return SmokeResult(passed=False, reason="a smoke test failed")
        return self.verdict

    def _measure(self, revision: Revision, seconds: int) -> Measured:
        self.asked.append(revision)
        return self.measured

    @property
    def image(self) -> str:
        return str(self._state("inputs")["template"]["containers"][0]["image"]).rpartition("/")[2]

    @property
    def traffic(self) -> dict[str, int]:
        """How many of 100 requests each revision gets, by its number or as the newest."""
        return {
            target.get("revision", "newest"): int(target.get("percent", 0))
            for target in self._state("inputs")["traffics"]
        }

    def _state(self, what: str) -> Any:
        resources = json.loads(self.stack.state())["checkpoint"]["latest"]["resources"]
        [service] = [it for it in resources if it["urn"].endswith("::apex-api")]
        return service[what]


def revision(number: int) -> str:
    return f"apex-api-{number:05}-rev"
