"""The smoke tests are run against a revision, and say whether it may be released."""

from __future__ import annotations

import pytest

from operations.errors import OperationError
from operations.service import Address
from operations.smoke import smoke
from tests.smoke.contract import TOKEN
from tests.standin import Faults, StandIn

CANDIDATE = {"X-Apex-Revision": "candidate"}


def test_a_good_candidate_is_asked_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with StandIn() as api:
        monkeypatch.setenv(TOKEN, api.token)
        assert smoke(Address(api.url, CANDIDATE), said.append).passed
    assert {asked.headers["X-Apex-Revision"] for asked in api.requests} == {"candidate"}
    assert "4 passed" in "".join(said)
    assert api.token not in "".join(said)


def test_a_bad_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with StandIn(faults=Faults(statuses={"metrics": 403})) as api:
        monkeypatch.setenv(TOKEN, api.token)
        verdict = smoke(Address(api.url), said.append)
    assert verdict.passed is False
    assert verdict.reason == "a smoke test failed"
    assert "GET /metrics: answered 403" in "".join(said)


def test_without_a_token_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    with pytest.raises(OperationError, match="the smoke tests could not run"):
        smoke(Address("http://127.0.0.1:1"), lambda _: None)
