"""A release of the whole infrastructure, through the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.release import CANDIDATE, REVISION_HEADER
from operations.release.gates import Limits
from operations.release.run import Gates, Patience, ReleaseRun
from operations.smoke import smoke
from operations.stack import OperatedStack
from tests.engine import lifecycle, walk
from tests.engine.harness import PACK, Engine
from tests.engine.releasing import FINE
from tests.smoke.contract import TOKEN
from tests.standin import StandIn


@pytest.mark.no_cover
@pytest.mark.usefixtures("saved_once")
def test_the_whole_infrastructure_is_released_and_rolled_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the policy pack before each deployment, and the real smoke tests of a stand-in."""
    stack = engine.infrastructure("production")
    lifecycle.comes_up(stack)
    said: list[str] = []
    with StandIn() as api:
        monkeypatch.setenv(TOKEN, api.token)
        run = ReleaseRun(
            OperatedStack(stack._stack, [PACK], said.append),
            Gates(
                # The domain leads nowhere here; the header leads to the candidate.
                lambda address: smoke(replace(address, url=api.url), said.append),
                lambda *_: FINE,
                Limits(),
            ),
            Patience(),
            said.append,
            lambda: datetime.now(UTC) + timedelta(hours=1),
        )
        image = f"apex-api@{walk.DIGEST}"
        assert "as the candidate, with 0 %" in str(run.promote(image))
        assert "send 100 %" in str(run.promote(None))
        assert api.requests
        assert all(asked.headers[REVISION_HEADER] == CANDIDATE for asked in api.requests)
        service, taken = run.back()
        run.rollback(service, taken)
        assert len(taken) == 3
        assert "no release is under way: apex-api-00003-rev" in run.status()
    assert "4 passed" in "".join(said)
