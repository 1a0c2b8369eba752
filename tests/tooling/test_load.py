"""The load test, seen to pass and to fail as it should: Locust itself, against a stand-in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from junitparser import JUnitXml

from tests.load import __main__ as load
from tests.smoke.contract import TOKEN
from tests.standin import Faults, StandIn
from tests.tooling.conftest import ROOT

SHORT = ("--pause", "0", "--requests", "60", "--min-requests", "1")
"""It ends after so many requests, however long they take."""
PATIENT = (*SHORT, "--p95", "300")
FOR_EVER = 3600.0


def command(url: str, folder: Path, *arguments: str) -> list[str]:
    program = [sys.executable, "-m", "tests.load", "--base-url", url, "--output", str(folder)]
    return [*program, *arguments]


def environment(token: str) -> dict[str, str]:
    # No proxy of the machine's comes between a test and its stand-in.
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), TOKEN: token}


class Load:
    """Runs the load test as whoever releases does, and looks at all that it leaves behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""

    def run(self, api: StandIn, *arguments: str) -> int:
        """Returns the exit code."""
        done = subprocess.run(
            command(api.url, self.folder, *arguments),
            cwd=ROOT,
            env=environment(api.token),
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stdout + done.stderr
        written = [path.read_text("utf-8") for path in self.folder.iterdir()]
        assert not any(api.token in text for text in [self.said, *written])
        return done.returncode

    def checks(self) -> dict[str, str]:
        """Returns the checks of JUnit's report, and why they failed; nothing where they did not."""
        return {
            case.name: " ".join(str(entry.message) for entry in case.result)
            for suite in JUnitXml.fromfile(str(self.folder / "junit.xml"))
            for case in suite
        }

    def failures(self) -> dict[str, str]:
        return {name: why for name, why in self.checks().items() if why}


@pytest.fixture
def under_load(tmp_path: Path) -> Load:
    return Load(tmp_path)


def test_a_good_api_passes_and_keeps_nothing(under_load: Load) -> None:
    with StandIn() as api:
        assert under_load.run(api, *PATIENT) == 0, under_load.said
    assert under_load.failures() == {}
    assert len(under_load.checks()) == 9
    assert "search" in (under_load.folder / "report.html").read_text("utf-8")
    assert len(api.requests) >= 60
    assert all(asked.authorized for asked in api.requests)
    assert api.documents == {}


def test_a_slow_api_fails(under_load: Load) -> None:
    with StandIn(faults=Faults(delays={"search": 0.2})) as api:
        assert under_load.run(api, *SHORT, "--p95", "0.05") == 1
    why = under_load.failures()["search: P95 below 0.05 s"]
    assert float(why.removeprefix("P95 ").partition(" s;")[0]) >= 0.2
    assert f"FAIL  search: {why.partition(';')[0]} (limit: P95 below 0.05 s)" in under_load.said


def test_an_api_that_answers_too_late_fails(under_load: Load) -> None:
    with StandIn(faults=Faults(delays={"search": FOR_EVER})) as api:
        assert under_load.run(api, *PATIENT, "--request-timeout", "0.1", "--requests", "90") == 1
    assert "of them: no answer (" in under_load.failures()["search: errors below 1 %"]


def test_an_api_with_errors_fails(under_load: Load) -> None:
    with StandIn(faults=Faults(statuses={"search": 500})) as api:
        assert under_load.run(api, *PATIENT) == 1
    assert list(under_load.failures()) == ["search: errors below 1 %"]
    assert "of them: answered 500, expected 200" in under_load.said


def test_what_is_never_asked_for_has_not_passed(under_load: Load) -> None:
    with StandIn(faults=Faults(bodies={"ingest": b"no JSON"})) as api:
        assert under_load.run(api, *PATIENT) == 1
    assert under_load.failures() == {
        "delete: at least 1 requests": "0 requests; expected at least 1 requests"
    }


def test_too_few_requests_are_no_pass(under_load: Load) -> None:
    with StandIn() as api:
        assert under_load.run(api, *PATIENT, "--min-requests", "1000") == 1
    assert len(under_load.failures()) == 3


def test_an_api_that_is_gone_fails(under_load: Load) -> None:
    with StandIn() as api:
        pass
    assert under_load.run(api, *PATIENT) == 1
    assert "no answer (ConnectionError)" in under_load.failures()["ingest: errors below 1 %"]


def test_a_run_that_is_ended_removes_its_documents(tmp_path: Path) -> None:
    with StandIn() as api:
        run = subprocess.Popen(
            command(api.url, tmp_path, "--pause", "0"),
            cwd=ROOT,
            env=environment(api.token),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(api.requests) < 20:
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        _, error = run.communicate()
        assert (run.returncode, error) == (2, "load: ended from outside\n")
        assert api.documents == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "load: no base URL is given; expected one such as https://api.example.com"),
        (["--base-url", "http://api.example.com"], "over http the token could be read"),
        (["--base-url", "https://api.example.com", "--path", "find=/f"], "expected NAME=PATH"),
        (["--users", "0"], "argument --users: '0': expected 1 to 1000"),
        (["--users", "ten"], "argument --users: 'ten': expected 1 to 1000"),
        (["--errors", "0"], "argument --errors: '0': expected 1e-06 to 1"),
        (["--p95", "nan"], "argument --p95: 'nan': expected 0.001 to 300"),
        (["--duration", "5m"], "argument --duration: '5m': expected 1 to 86400"),
        (["--output", "/dev/null"], "load: "),
    ],
)
def test_bad_usage_is_one_line_and_2(
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(TOKEN, "stand-in-token")
    if "--output" in arguments:
        arguments = ["--base-url", "https://api.example.com", *arguments]
    try:
        code: object = load.main(arguments)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_no_token_is_one_line_and_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    assert load.main(["--base-url", "https://api.example.com"]) == 2
    assert capsys.readouterr().err.startswith(f"load: {TOKEN} is not set")


def test_a_defect_of_its_own_ends_it_without_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "locust"
    program.write_text(f'#!/bin/sh\n{TOKEN}="no token" exec "{load.LOCUST}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(load, "LOCUST", program)
    with StandIn() as api:
        monkeypatch.setenv(TOKEN, api.token)
        assert load.main(["--base-url", api.url, "--output", str(tmp_path)]) == 2
    assert f"Locust failed with 3: {tmp_path / 'locust.log'}" in capsys.readouterr().err
    assert f"{TOKEN} holds a space" in (tmp_path / "locust.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("program", "message"),
    [("false", "Locust failed with 1: "), ("missing", "Locust is not installed; make load")],
)
def test_without_locust_there_is_no_verdict(
    program: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(TOKEN, "stand-in-token")
    (tmp_path / "false").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "false").chmod(0o755)
    monkeypatch.setattr(load, "LOCUST", tmp_path / program)
    (tmp_path / "junit.xml").write_text("of the run before")
    arguments = ["--base-url", "https://api.example.com", "--output", str(tmp_path)]
    assert load.main(arguments) == 2
    assert message in capsys.readouterr().err
    assert program == "missing" or not (tmp_path / "junit.xml").exists()
