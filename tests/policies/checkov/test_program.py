"""Checkov as a program: found, run, and every way in which it fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from apex_guardrails.checkov import CheckovError, CheckovMissingError, find_checkov, run_checkov
from apex_guardrails.checkov import program as checkov_program
from tests.policies.checkov import fake
from tests.policies.processes import Started, is_gone, wait_until

PLANS = {"plan.json": '{"planned_values": {"root_module": {"resources": []}}}'}


def run(path: Path, timeout: float = 300) -> object:
    return run_checkov(path, PLANS, timeout=timeout)


def test_the_variable_names_it(tmp_path: Path) -> None:
    path = fake.checkov(tmp_path)
    assert find_checkov({"APEX_CHECKOV": str(path)}) == path


def test_a_variable_that_names_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckovMissingError, match=r"APEX_CHECKOV=.*not a program that can be run"):
        find_checkov({"APEX_CHECKOV": str(tmp_path / "none")})


def test_it_is_the_projects_own_before_that_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = fake.checkov(tmp_path / "own"), fake.checkov(tmp_path / "other")
    monkeypatch.setattr(checkov_program, "INSTALLED", own)
    assert find_checkov({"PATH": str(other.parent)}) == own
    own.unlink()
    assert find_checkov({"PATH": str(other.parent)}) == other
    with pytest.raises(CheckovMissingError, match="make setup-checkov"):
        find_checkov({"PATH": str(tmp_path)})


def test_it_gets_no_credential_and_no_settings_that_lie_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BC_API_KEY", "a key")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/a/file")
    monkeypatch.setenv("CKV_CONFIG_FILE", "/another/file")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    seen = tmp_path / "seen"
    code = f"import os; open({str(seen)!r}, 'w').write(chr(10).join([os.getcwd(), *os.environ]))"
    with pytest.raises(CheckovError):
        run(fake.program(tmp_path, code))
    folder, *names = seen.read_text().splitlines()
    assert "apex-checkov-" in folder
    assert not Path(folder).exists()
    assert {"PATH", "HOME", "LC_ALL"} <= set(names)
    assert not {"BC_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "CKV_CONFIG_FILE"} & set(names)


def test_one_that_fails_says_why(tmp_path: Path) -> None:
    path = fake.program(tmp_path, "import sys; sys.exit('no module named toml')")
    with pytest.raises(CheckovError, match=r"exit code 1\n  no module named toml\n`make setup"):
        run(path)


def test_one_that_does_not_start_says_so(tmp_path: Path) -> None:
    path = tmp_path / "checkov"
    path.write_text("#!/no/such/interpreter\n")
    path.chmod(0o755)
    with pytest.raises(CheckovError, match="cannot be started: No such file"):
        run(path)


def test_one_that_never_ends_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Started(tmp_path)
    path = fake.program(
        tmp_path,
        "import subprocess, time\n"
        "process = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(started.pipe)!r}, 'w').write(str(process.pid))\n"
        "time.sleep(600)\n",
    )
    communicate = started.first(subprocess.Popen.communicate)
    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(CheckovError, match=r"did not end within 1 seconds; checkov\.timeout"):
        run(path, timeout=1)
    wait_until(lambda: is_gone(int(started.text)))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Update available",
        "[]",
        "{}",
        '{"summary": {"parsing_errors": 0}, "results": {}}',
        '{"summary": 3, "results": {}}',
        '{"summary": {"parsing_errors": 0}, "results": {"failed_checks": [{}]}}',
    ],
)
def test_an_answer_of_another_kind_is_no_pass(tmp_path: Path, answer: str) -> None:
    with pytest.raises(
        CheckovError, match="the answer does not have the form that Checkov 3 writes"
    ):
        run(fake.program(tmp_path, f"print({answer!r})"))


def test_one_that_ran_no_check_is_no_pass(tmp_path: Path) -> None:
    answer = (
        '{"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 0,'
        ' "checkov_version": "3.3"}'
    )
    with pytest.raises(CheckovError, match=r"ran no checks: checkov\.skip leaves out"):
        run(fake.program(tmp_path, f"print({answer!r})"))


def test_a_plan_that_it_cannot_read_is_no_pass(tmp_path: Path) -> None:
    answer = (
        '{"summary": {"parsing_errors": 1, "resource_count": 0, "checkov_version": "3"},'
        ' "results": {}}'
    )
    with pytest.raises(CheckovError, match="could not read the plan"):
        run(fake.program(tmp_path, f"print({answer!r})"))
