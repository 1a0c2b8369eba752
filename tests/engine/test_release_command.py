"""`scripts/release` as an operator runs it, through the real engine."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.errors import Exit
from operations.release import __main__ as release_command
from tests.engine.harness import ROOT
from tests.engine.releasing import Operator, revision
from tests.engine.small import A, B, C


@pytest.fixture
def command(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """`scripts/release`, for the operator's stack and gates."""
    monkeypatch.setattr(release_command, "_release", lambda *_: operator.run())
    return CliRunner()


def test_the_command_says_what_it_would_do_and_does_it(
    operator: Operator, command: CliRunner
) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        result = command.invoke(release_command.app, [*arguments, "--stack", "staging"])
        assert result.exit_code == code, result.output
        return result.output

    assert "no release is under way" in said("status")
    plan = said("plan", "--image", B)
    assert f"promote would deploy {B} as the candidate, with 0 %" in plan
    assert "rollback is not possible: there is no deployment of another image" in plan
    assert operator.image == A

    assert f"done: deploy {B} as the candidate" in said("promote", "--image", B)
    assert re.search(rf"candidate +{revision(2)} +0 %", said("status"))
    assert "a release of" in said("promote", "--image", C, code=Exit.BUSY)
    done = said("promote", "--all")
    assert "done: end the release" in done
    assert done.endswith("nothing more to do\n")

    assert "Roll back?" in said("rollback", code=1)  # nobody says yes
    assert operator.image == B
    assert said("rollback", "--yes") == f"done: deploy {A} again\n"
    assert operator.image == A


def test_the_command_waits_where_it_goes_to_the_end(
    operator: Operator, command: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        operator.later = timedelta(hours=1)

    monkeypatch.setattr("operations.release.__main__.time.sleep", wait)
    operator.promote(B)
    operator.promote()
    operator.later = timedelta(minutes=1)
    result = command.invoke(release_command.app, ["promote", "--all", "--stack", "staging"])

    assert result.exit_code == 0
    assert waits == [60]
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("", "there is no stack nowhere: pulumi stack ls\n"),
        ("/not-there", "stack nowhere cannot be selected: error: unable to open state directory"),
    ],
)
def test_a_stack_that_is_not_there_is_named(
    path: str, tmp_path: Path, backend: str, said: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "operations.release", "status", "--stack", "nowhere"],
        cwd=ROOT,
        env={
            "PATH": path,
            "HOME": str(tmp_path),
            "PULUMI_BACKEND_URL": f"{tmp_path.as_uri()}{backend}",
            "PULUMI_HOME": str(tmp_path / "pulumi"),
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase for tests",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == Exit.NOT_JUDGED
    assert run.stderr.startswith(f"release: {said}")
    assert run.stderr.count("\n") == 1
