"""The smoke tests, seen to pass and to fail as they should against a stand-in for the API."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from junitparser import JUnitXml

from tests.smoke.contract import TOKEN, Paths
from tests.standin import Faults, StandIn
from tests.tooling.conftest import ROOT

QUICKLY = ("--poll-interval", "0.01")
SOON = (*QUICKLY, "--poll-timeout", "0.1")
"""What never comes is not waited for."""
EVERY = {"health", "ingest_starts_a_workflow", "search_asks_the_four_databases", "metrics_flow"}
FOR_EVER = 3600.0

BROKEN = {
    "health fails": (
        Faults(statuses={"health": 500}),
        "health",
        r"GET /health: answered 500 after [\d.]+ s; expected 200\. It said: .*for 0.1 s",
    ),
    "health points elsewhere": (
        Faults(statuses={"health": 301}),
        "health",
        r"GET /health: answered 301 after [\d.]+ s; expected 200\.",
    ),
    "ingest fails": (
        Faults(statuses={"ingest": 500}),
        "ingest_starts_a_workflow",
        r"POST /api/v1/ingest: answered 500 .*Bearer \*\*\*.*; if smoke-.*is still there",
    ),
    "ingest names no workflow": (
        Faults(bodies={"ingest": b'{"uuid": "7"}'}),
        "ingest_starts_a_workflow",
        r'expected a JSON object with workflow_id\. It said: \{"uuid": "7"\}$',
    ),
    "ingest names no document": (
        Faults(bodies={"ingest": b"[]"}),
        "ingest_starts_a_workflow",
        r"expected a JSON object with uuid\. It said: \[\]; if smoke-.* was taken in, it is still",
    ),
    "workflow does not begin": (
        Faults(workflow="pending"),
        "ingest_starts_a_workflow",
        r"GET /api/v1/document/.*/status: .* status of running or .*pending.* \(asked for 0\.1 s\)",
    ),
    "workflow fails": (
        Faults(workflow="failed"),
        "ingest_starts_a_workflow",
        r'expected a status of running or .*: \{"status": "failed"\}$',
    ),
    "workflow is not known": (
        Faults(statuses={"status": 404}),
        "ingest_starts_a_workflow",
        r"answered 404 .* expected 200 with a status.*\(asked for 0\.1 s\)",
    ),
    "document stays": (
        Faults(statuses={"delete": 500}),
        "ingest_starts_a_workflow",
        r"DELETE /api/v1/document/.* answered 500 .*; document .* is still there",
    ),
    "search fails": (
        Faults(statuses={"search": 503}),
        "search_asks_the_four_databases",
        r"POST /api/v1/query/: answered 503 .* expected 200\.",
    ),
    "search answers no JSON": (
        Faults(bodies={"search": b"<html>"}),
        "search_asks_the_four_databases",
        r"expected a JSON object with results, databases_used\. It said: <html>",
    ),
    "databases are silent": (
        Faults(databases=["postgres", "qdrant"]),
        "search_asks_the_four_databases",
        r"expected databases_used with neo4j, redis\. It said: .*\[\"postgres\", \"qdrant\"\]",
    ),
    "search asks for no credentials": (
        Faults(open_to_all=True),
        "search_asks_the_four_databases",
        r"POST /api/v1/query/: answered 200 .* expected 401 or 403",
    ),
    "metrics stand still": (
        Faults(metrics_stale=True),
        "metrics_flow",
        r"GET /metrics: apex_queries_total stays at 0 while the API is searched \(asked for",
    ),
    "metrics are others": (
        Faults(bodies={"metrics": b"up 1\n"}),
        "metrics_flow",
        r"GET /metrics: apex_queries_total is not among the metrics",
    ),
    "metrics are refused": (
        Faults(statuses={"metrics": 403}),
        "metrics_flow",
        r"GET /metrics: answered 403 after [\d.]+ s; expected 200",
    ),
}


def command(url: str, *arguments: str) -> list[str]:
    tests = [sys.executable, "-m", "pytest", "tests/smoke", "--base-url", url]
    return [*tests, *arguments]


def environment(**more: str) -> dict[str, str]:
    # No proxy of the machine's comes between a test and its stand-in.
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **more}


class Smoke:
    """Runs the smoke tests as whoever releases does, and looks at all that they leave behind."""

    def __init__(self, folder: Path) -> None:
        self.junit = folder / "junit.xml"
        self.said = ""

    def run(self, api: StandIn, *arguments: str, **env: str) -> int:
        """Returns the exit code."""
        done = subprocess.run(
            # With local variables, as nobody should: that is where a token would be.
            command(api.url, "--showlocals", f"--junitxml={self.junit}", *arguments),
            cwd=ROOT,
            env=environment(**{TOKEN: api.token}, **env),
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stdout + done.stderr
        assert api.token not in self.said
        assert api.token not in self.junit.read_text("utf-8")
        return done.returncode

    def broken(self) -> dict[str, str]:
        """Returns what JUnit's report says of each critical path that is broken."""
        return {
            case.name.removeprefix("test_"): " ".join(str(entry.message) for entry in case.result)
            for suite in JUnitXml.fromfile(str(self.junit))
            for case in suite
            if case.result
        }


@pytest.fixture
def smoke(tmp_path: Path) -> Smoke:
    return Smoke(tmp_path)


def test_a_good_api_passes_and_keeps_nothing(smoke: Smoke) -> None:
    with StandIn() as api:
        assert smoke.run(api, *QUICKLY) == 0
    assert "4 passed" in smoke.said
    assert smoke.broken() == {}
    assert api.documents == {}


def test_what_comes_late_is_waited_for(smoke: Smoke) -> None:
    with StandIn(faults=Faults(late=2)) as api:
        assert smoke.run(api, *QUICKLY) == 0, smoke.said


def test_a_header_goes_with_each_request(smoke: Smoke) -> None:
    with StandIn() as api:
        assert smoke.run(api, *QUICKLY, "--header", "X-Apex-Revision=candidate") == 0
    assert api.requests
    assert all(asked.headers["X-Apex-Revision"] == "candidate" for asked in api.requests)


def test_each_run_has_a_document_of_its_own(smoke: Smoke) -> None:
    with StandIn() as api:
        assert [smoke.run(api, *QUICKLY, "-k", "ingest") for _ in range(2)] == [0, 0]
    first, second = (asked.body for asked in api.requests if asked.endpoint == "ingest")
    name = re.compile(rb'filename="(smoke-[^"]+)"')
    assert set(name.findall(first)).isdisjoint(name.findall(second))


def test_paths_can_be_others(smoke: Smoke) -> None:
    others = ["search=/find", "delete=/documents/{document}/gone"]
    with StandIn(paths=Paths.parse(others)) as api:
        given = [word for other in others for word in ("--path", other)]
        assert smoke.run(api, *QUICKLY, *given) == 0, smoke.said
        assert smoke.run(api, *SOON) == 1


@pytest.mark.parametrize(("faults", "path", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_path_is_named_and_the_others_pass(
    faults: Faults, path: str, message: str, smoke: Smoke
) -> None:
    with StandIn(faults=faults) as api:
        assert smoke.run(api, *SOON) == 1
    assert list(smoke.broken()) == [path]
    assert re.search(message, smoke.broken()[path])
    assert re.search(message.removesuffix("$"), smoke.said)
    # Where it named another document, or none, it cannot be removed.
    assert not api.documents or "ingest" in faults.bodies or "delete" in faults.statuses


def test_a_service_that_is_down_fails_every_path(smoke: Smoke) -> None:
    with StandIn(faults=Faults(down=True)) as api:
        assert smoke.run(api, *SOON) == 1
    assert set(smoke.broken()) == EVERY
    assert all(": no answer, " in message for message in smoke.broken().values())


def test_a_service_that_is_gone_fails_every_path(smoke: Smoke) -> None:
    with StandIn() as api:
        pass
    assert smoke.run(api, *SOON) == 1
    assert set(smoke.broken()) == EVERY
    assert "GET /health: no answer, [Errno" in smoke.said


def test_a_service_that_is_slow_fails_every_path(smoke: Smoke) -> None:
    with StandIn(faults=Faults(delay=FOR_EVER)) as api:
        assert smoke.run(api, *SOON, "--request-timeout", "0.1") == 1
    assert set(smoke.broken()) == EVERY
    assert "POST /api/v1/ingest: no answer within 0.1 s" in smoke.broken()[sorted(EVERY)[1]]


def test_the_whole_run_has_an_end(smoke: Smoke) -> None:
    with StandIn(faults=Faults(delays={"health": FOR_EVER})) as api:
        assert smoke.run(api, "--run-timeout", "0.3", "--poll-timeout", "900") == 1
    assert set(smoke.broken()) == EVERY
    assert "not asked, the run's 0.3 s are over (--run-timeout)" in smoke.broken()["metrics_flow"]


def test_the_token_goes_nowhere_else(smoke: Smoke) -> None:
    with StandIn() as other, StandIn() as api:
        api.faults = Faults(redirects={"search": f"{other.url}/api/v1/query/"})
        assert smoke.run(api, *SOON) == 1
    assert "answered 307" in smoke.broken()["search_asks_the_four_databases"]
    assert other.requests == []


def test_not_even_a_defect_of_the_tests_shows_the_token(smoke: Smoke, tmp_path: Path) -> None:
    (tmp_path / "defect.py").write_text(
        "import os\n"
        "def pytest_runtest_call(item):\n"
        f"    token = os.environ['{TOKEN}']\n"
        "    print(token)\n"
        "    raise RuntimeError('with ' + token)\n"
    )
    with StandIn() as api:
        path = os.pathsep.join([str(ROOT), str(tmp_path)])
        assert smoke.run(api, "-p", "defect", PYTHONPATH=path) == 1
    assert "RuntimeError: with ***" in smoke.said
    assert "token      = '***'" in smoke.said


def test_a_run_that_is_ended_cleans_up() -> None:
    with StandIn(faults=Faults(workflow="pending")) as api:
        run = subprocess.Popen(
            command(api.url), cwd=ROOT, env=environment(**{TOKEN: api.token}), stdout=-3, stderr=-3
        )
        while not any(asked.endpoint == "status" for asked in api.requests):
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        assert run.wait() == 2
    assert api.documents == {}


@pytest.mark.parametrize(
    ("url", "token", "argument", "message"),
    [
        ("", "t", "-q", "no base URL is given"),
        ("http://api.example.com", "t", "-q", "over http the token could be read"),
        ("https://api.example.com", "", "-q", f"{TOKEN} is not set"),
        ("https://api.example.com", "one\ntwo", "-q", f"{TOKEN} holds a space or a character"),
        ("https://api.example.com", "t", "--path=find=/f", "'find=/f': expected NAME=PATH"),
        ("https://api.example.com", "t", "--run-timeout=0", "'0': expected seconds, more than 0"),
    ],
)
def test_what_cannot_run_says_so_in_one_line(
    url: str, token: str, argument: str, message: str
) -> None:
    done = subprocess.run(
        command(url, argument),
        cwd=ROOT,
        env=environment(**{TOKEN: token}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert message in done.stderr
    assert "two" not in done.stderr + done.stdout


def test_make_without_an_address_needs_nothing_that_a_deployment_has_not(tmp_path: Path) -> None:
    (tmp_path / "hypothesis.py").write_text("raise ImportError", "utf-8")
    [line] = re.findall(r"pytest (tests/smoke) (--base-url=)'", (ROOT / "Makefile").read_text())
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *line],
        cwd=ROOT,
        env={**environment(**{TOKEN: "t"}), "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "no base URL is given" in done.stderr
