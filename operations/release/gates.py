"""What a candidate must show before it gets more requests. Pure, but for who is asked."""

from __future__ import annotations

from dataclasses import dataclass

from operations.smoke import SmokeResult


@dataclass(frozen=True)
class Limits:
    """What a candidate may do at most.

    Attributes:
        error_ratio: Share of its requests that it answers with 5xx, 0 to 1.
        latency_p95_ms: What 95 of 100 of its requests stay under, in milliseconds.
        requests: How many requests it takes to judge by.
    """

    error_ratio: float = 0.01
    latency_p95_ms: float = 1000.0
    requests: int = 20


@dataclass(frozen=True)
class Measured:
    """What Cloud Monitoring says of a revision since a step.

    Attributes:
        requests: How many it has answered.
        errors: How many of them with 5xx.
        latency_p95_ms: In milliseconds; `None` where it has answered none.
    """

    requests: float
    errors: float
    latency_p95_ms: float | None


def judge(measured: Measured, limits: Limits) -> SmokeResult:
    """Whether a candidate is as good as it must be."""
    if measured.requests < limits.requests:
        found = f"{measured.requests:.0f} requests are too few to judge by"
        return SmokeResult(None, f"{found}; {limits.requests} are needed")
    ratio = measured.errors / measured.requests if measured.requests else 0.0
    if ratio > limits.error_ratio:
        return SmokeResult(
            passed=False,
            reason=f"{ratio:.1%} of {measured.requests:.0f} requests failed, "
            f"more than {limits.error_ratio:.1%}",
        )
    latency = measured.latency_p95_ms or 0.0
    if latency > limits.latency_p95_ms:
        return SmokeResult(
            passed=False,
            reason=f"95 of 100 requests took up to {latency:.0f} ms, "
            f"more than {limits.latency_p95_ms:.0f} ms",
        )
    return SmokeResult(
        passed=True,
        reason=f"{ratio:.1%} of {measured.requests:.0f} requests failed, "
        f"95 of 100 took up to {latency:.0f} ms",
    )
