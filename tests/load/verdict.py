"""Whether a load test has passed: from its requests to checks, and to JUnit. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from junitparser import Failure, JUnitXml, TestCase, TestSuite

from tests.load.plan import Sample


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What every kind of request is held to. What holds for each kind holds for all together."""

    p95: float = 1.0
    """Seconds: 95 of 100 requests are answered in less."""
    errors: float = 0.01
    """Share of requests, of 1: fewer are errors."""
    requests: int = 100
    """How many there have to be at least: of fewer, one error is more than a hundredth."""


@dataclass(frozen=True)
class Check:
    """One limit, and how one kind of request stands to it."""

    kind: str
    limit: str
    found: str
    passed: bool


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the smallest value that at least a share of all values does not exceed.

    That is the nearest-rank method (Hyndman and Fan 1996, "Sample Quantiles in Statistical
    Packages", their definition 1): always a value that was measured.

    Raises:
        ValueError: There are no values, or the share is not above 0 and at most 1.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile is of some values, and a share of 1")
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def judge(samples: Iterable[Sample], kinds: Iterable[str], limits: Limits) -> list[Check]:
    """Returns all checks; the test has passed if every one has.

    Args:
        samples: Every request. How long an error took counts, too: a user has waited for it.
        kinds: What has to be among them; other kinds are held to the limits as well.
        limits: What they are held to.
    """
    by_kind: dict[str, list[Sample]] = {kind: [] for kind in kinds}
    for sample in samples:
        by_kind.setdefault(sample.kind, []).append(sample)
    return [check for kind, some in by_kind.items() for check in _judge_kind(kind, some, limits)]


def _judge_kind(kind: str, samples: list[Sample], limits: Limits) -> Iterable[Check]:
    count = len(samples)
    enough = count >= max(limits.requests, 1)
    yield Check(kind, f"at least {limits.requests} requests", f"{count} requests", enough)
    if not samples:
        return
    p95 = percentile([sample.seconds for sample in samples], 0.95)
    yield Check(kind, f"P95 below {limits.p95:g} s", f"P95 {p95:.3f} s", p95 < limits.p95)
    errors = Counter(sample.error for sample in samples if sample.error is not None)
    share = errors.total() / count
    found = f"{errors.total()} of {count} are errors"
    if errors:
        (error, times), *_ = errors.most_common(1)
        found += f", {times} of them: {error}"
    yield Check(kind, f"errors below {100 * limits.errors:g} %", found, share < limits.errors)


def junit(checks: Iterable[Check]) -> JUnitXml:
    """Returns the checks as JUnit's test cases."""
    suite = TestSuite("load")
    for check in checks:
        case = TestCase(f"{check.kind}: {check.limit}", "load")
        if not check.passed:
            case.result = [Failure(f"{check.found}; expected {check.limit}")]
        suite.add_testcase(case)
    report = JUnitXml("load")
    report.add_testsuite(suite)
    return report
