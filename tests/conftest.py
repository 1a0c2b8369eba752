"""What holds for every test: none depends on the clock, and coverage is of what tests assert."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, is_hypothesis_test, settings

# On top of Hypothesis's own profile, which in CI draws the same examples every time.
settings.register_profile(
    "clockless", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("clockless")

collect_ignore = ["smoke"]
"""It asks a deployed API, by itself (docs/testing.md)."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Shares out the tests as tests/distribution.py says."""
    from tests.distribution import Distribution

    return Distribution(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest tests first; and what random input happens to reach proves nothing."""
    from tests.distribution import place

    items.sort(key=lambda item: place(item.nodeid))
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is loaded stays, and is not looked through for garbage: a quarter of the time.

    All workers load the same: one of them traces it.
    """
    worker = getattr(session.config, "workerinput", {}).get("workerid", "gw0")
    tracing = Coverage.current() if worker != "gw0" else None
    if tracing:
        tracing.stop()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        if tracing:
            tracing.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What a test under pytest-cov's mark `no_cover` starts is not traced either."""
    with pytest.MonkeyPatch.context() as patch:
        if item.get_closest_marker("no_cover") and "COVERAGE_PROCESS_CONFIG" in os.environ:
            patch.delenv("COVERAGE_PROCESS_CONFIG")
        return (yield)
