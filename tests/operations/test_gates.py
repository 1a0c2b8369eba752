"""What a candidate must show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from operations.release.gates import Limits, Measured, judge

LIMITS = Limits(error_ratio=0.01, latency_p95_ms=1000, requests=20)


def test_a_good_candidate_passes() -> None:
    verdict = judge(Measured(1000, 10, 1000), LIMITS)

    assert verdict.passed
    assert verdict.reason == "1.0% of 1000 requests failed, 95 of 100 took up to 1000 ms"


def test_one_that_fails_too_often_does_not() -> None:
    verdict = judge(Measured(1000, 11, 10), LIMITS)

    assert verdict.passed is False
    assert verdict.reason == "1.1% of 1000 requests failed, more than 1.0%"


def test_one_that_is_too_slow_does_not() -> None:
    verdict = judge(Measured(1000, 0, 1001), LIMITS)

    assert verdict.passed is False
    assert verdict.reason == "95 of 100 requests took up to 1001 ms, more than 1000 ms"


def test_by_too_few_requests_nobody_is_judged() -> None:
    verdict = judge(Measured(19, 19, 9999), LIMITS)

    assert verdict.passed is None
    assert verdict.reason == "19 requests are too few to judge by; 20 are needed"


def test_none_may_be_enough_where_that_is_asked_for() -> None:
    assert judge(Measured(0, 0, None), Limits(requests=0)).passed


@given(st.floats(0, 1e9), st.floats(0, 1), st.none() | st.floats(0, 1e6), st.integers(0, 1000))
def test_more_errors_never_help(
    requests: float, share: float, latency: float | None, needed: int
) -> None:
    limits = Limits(requests=needed)
    fewer = judge(Measured(requests, requests * share / 2, latency), limits)
    more = judge(Measured(requests, requests * share, latency), limits)

    assert (fewer.passed is None) == (more.passed is None)
    assert fewer.passed or not more.passed
