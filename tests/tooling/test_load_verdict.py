"""What decides whether a load test has passed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load.plan import KINDS, Plan, Sample
from tests.load.verdict import Limits, judge, junit, percentile
from tests.smoke.contract import Paths

SECONDS = st.floats(0, 100, allow_subnormal=False)
SAMPLES = st.builds(Sample, st.sampled_from(KINDS), SECONDS, st.none() | st.text(max_size=9))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.95, 7.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([float(n) for n in range(1, 21)], 0.95, 19.0),
        ([float(n) for n in range(20, 0, -1)], 0.95, 19.0),
        ([1.0] * 94 + [9.0] * 6, 0.95, 9.0),
        ([1.0] * 95 + [9.0] * 5, 0.95, 1.0),
        ([3.0, 1.0, 2.0], 1, 3.0),
    ],
)
def test_percentiles_of_known_values(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


@pytest.mark.parametrize(("values", "share"), [([], 0.95), ([1.0], 0), ([1.0], 1.1)])
def test_what_has_no_percentile_is_refused(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="a percentile is of some values"):
        percentile(values, share)


@given(st.lists(SECONDS, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_enough_do_not_exceed(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent / 100)
    assert found in values
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert 100 * sum(value < found for value in values) < percent * len(values)


@given(st.lists(SAMPLES))
def test_what_holds_for_each_kind_holds_for_all_together(samples: list[Sample]) -> None:
    limits = Limits(p95=50, errors=0.5, requests=1)
    if all(check.passed for check in judge(samples, KINDS, limits)):
        assert percentile([sample.seconds for sample in samples], 0.95) < limits.p95
        assert sum(s.error is not None for s in samples) < limits.errors * len(samples)


@given(st.lists(SAMPLES), st.randoms(use_true_random=False))
def test_the_order_of_requests_does_not_matter(samples: list[Sample], random: Random) -> None:
    passed = [(c.kind, c.limit, c.passed) for c in judge(samples, KINDS, Limits())]
    shuffled = list(samples)
    random.shuffle(shuffled)
    assert [(c.kind, c.limit, c.passed) for c in judge(shuffled, KINDS, Limits())] == passed


def run(*, count: int = 100, seconds: float = 0.1, errors: int = 0) -> list[Sample]:
    """As many searches, of which the last ones are errors."""
    return [
        Sample("search", seconds, "answered 500" if number >= count - errors else None)
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("samples", "failures"),
    [
        (run(), []),
        (run(seconds=0.9999), []),
        (run(seconds=1.0), ["P95 1.000 s; expected P95 below 1 s"]),
        (
            run(errors=1),
            ["1 of 100 are errors, 1 of them: answered 500; expected errors below 1 %"],
        ),
        (run(count=101, errors=1), []),
        (run(count=99), ["99 requests; expected at least 100 requests"]),
        ([], ["0 requests; expected at least 100 requests"]),
    ],
)
def test_limits_are_met_from_below(samples: list[Sample], failures: list[str]) -> None:
    report = junit(judge(samples, ["search"], Limits()))
    (suite,) = report
    assert [str(entry.message) for case in suite for entry in case.result] == failures


def test_no_requests_are_no_pass_even_where_none_are_asked_for() -> None:
    assert [check.passed for check in judge([], ["search"], Limits(requests=0))] == [False]


def test_a_kind_that_was_not_expected_is_judged_too() -> None:
    kinds = {check.kind for check in judge([Sample("other", 9, None)], ["search"], Limits())}
    assert kinds == {"search", "other"}


@given(st.lists(SAMPLES))
def test_junit_has_a_failure_for_each_check_that_failed(samples: list[Sample]) -> None:
    checks = judge(samples, KINDS, Limits())
    report = junit(checks)
    assert report.tests == len(checks)
    assert report.failures == sum(not check.passed for check in checks)


@given(st.lists(SAMPLES))
def test_requests_are_read_as_they_were_written(samples: list[Sample]) -> None:
    lines = "".join(sample.line() for sample in samples).splitlines(keepends=True)
    assert Sample.read(lines) == samples


@given(
    pause=SECONDS, requests=st.none() | st.integers(1), request_timeout=SECONDS, name=st.text("ab/")
)
def test_locust_gets_the_plan_that_was_made(
    pause: float, requests: int | None, request_timeout: float, name: str
) -> None:
    plan = Plan(
        paths=Paths(search=f"/{name}"),
        pause=pause,
        requests=requests,
        request_timeout=request_timeout,
        samples=Path("/made/for") / name.strip("/"),
    )
    assert Plan.read(plan.environment()) == plan
