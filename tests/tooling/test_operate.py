"""`scripts/operate`, with a gcloud that writes down what it is asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling.conftest import ROOT

GCLOUD = """
import json, os, pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
told = sys.argv[1:]
with (here / "log").open("a") as log:
    print(json.dumps(told), file=log)
answers = json.loads((here / "answers").read_text())
key = " ".join(word for word in told[:4] if not word.startswith("-"))
for command, said in answers.items():
    if key.startswith(command):
        if command == "run jobs executions describe" and "creationTimestamp" in told[-1]:
            said = ["2026-11-30T05:00:00Z"]
        print(said[0])
        if len(said) > 1:
            answers[command] = said[1:]
            (here / "answers").write_text(json.dumps(answers))
        sys.exit(0)
sys.exit(f"ERROR: (gcloud.{key.replace(' ', '.')}) PERMISSION_DENIED")
"""


class Operate:
    """The script, and what gcloud answers to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        gcloud = folder / "gcloud"
        gcloud.write_text(f"#!{sys.executable}\n{GCLOUD}")
        gcloud.chmod(0o755)
        self.answers: dict[str, list[str]] = {
            "run jobs execute": ["operator-postgres-x1y2z"],
            "run jobs executions describe": [",,", "1,,"],
            "logging read": ["", " version\t\n PostgreSQL 17\t"],
        }

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self._folder / "answers").write_text(json.dumps(self.answers))
        return subprocess.run(
            [ROOT / "scripts/operate", *arguments],
            env={"PATH": f"{self._folder}:{os.environ['PATH']}", "OPERATE_PAUSE": "0"}
            | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def told(self) -> list[list[str]]:
        log = self._folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def operate(tmp_path: Path) -> Operate:
    return Operate(tmp_path)


def given(operate: Operate) -> list[str]:
    """Returns the tool's arguments, as gcloud reads them (`gcloud topic escaping`)."""
    [flag] = [word for word in operate.told[0] if word.startswith("--args=")]
    value = flag.removeprefix("--args=")
    if not value.startswith("^"):
        return value.split(",")
    _, delimiter, value = value.split("^", 2)
    return value.split(delimiter)


def test_runs_the_job_waits_for_its_end_and_shows_what_it_said(operate: Operate) -> None:
    ran = operate("postgres", "-c", "SELECT 1")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == " version\n PostgreSQL 17\n"
    assert ran.stderr == "operate: operator-postgres-x1y2z runs\n"
    assert operate.told[0][:4] == ["run", "jobs", "execute", "operator-postgres"]
    read = operate.told[-1]
    assert read[:2] == ["logging", "read"]
    assert 'execution_name"="operator-postgres-x1y2z"' in read[2]
    assert 'timestamp>="2026-11-30T05:00:00Z"' in read[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "SELECT a, b FROM t WHERE c ~ '^x|y$' AND d LIKE '%~%'"],
        ["SLOWLOG", "GET", "25"],
        ["^:^odd", "it's", '"quoted"', "$HOME", "a\nb", ""],
    ],
)
def test_the_tool_is_given_the_arguments_as_they_are(
    operate: Operate, arguments: list[str]
) -> None:
    assert operate("postgres", *arguments).returncode == 0
    assert given(operate) == arguments


def test_in_a_copy_of_the_system_the_job_has_its_prefix(operate: Operate) -> None:
    assert operate("postgres", OPERATE_PREFIX="blue").returncode == 0
    assert operate.told[0][:4] == ["run", "jobs", "execute", "blue-operator-postgres"]


def test_without_arguments_the_job_asks_its_own_question(operate: Operate) -> None:
    assert operate("redis").returncode == 0
    assert not [word for word in operate.told[0] if word.startswith("--args")]


@pytest.mark.parametrize("outcome", [",1,", ",,1"])
def test_a_tool_that_fails_or_is_cancelled_is_told(operate: Operate, outcome: str) -> None:
    operate.answers["run jobs executions describe"] = [",,", outcome]
    operate.answers["logging read"] = ["ERROR:  relation does not exist"]
    ran = operate("postgres", "-c", "SELECT")
    assert ran.returncode == 1
    assert ran.stdout == "ERROR:  relation does not exist\n"
    assert "operate: operator-postgres failed" in ran.stderr
    assert "gcloud logging read" in ran.stderr


def test_who_may_not_run_it_hears_what_gcloud_says(operate: Operate) -> None:
    del operate.answers["run jobs execute"]
    ran = operate("postgres")
    assert ran.returncode == 1
    assert "PERMISSION_DENIED" in ran.stderr
    assert len(operate.told) == 1


def test_help_says_how_it_is_used(operate: Operate) -> None:
    ran = operate("--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "usage: scripts/operate postgres|neo4j|redis|qdrant [ARGUMENT...]\n"


@pytest.mark.parametrize("arguments", [[], ["mysql"], ["--verbose"]])
def test_anything_but_a_database_is_refused(operate: Operate, arguments: list[str]) -> None:
    ran = operate(*arguments)
    assert ran.returncode == 2
    assert ran.stderr == (
        "operate: usage: scripts/operate postgres|neo4j|redis|qdrant [ARGUMENT...]\n"
    )
    assert operate.told == []


def test_an_argument_that_cannot_be_passed_on_is_refused(operate: Operate) -> None:
    ran = operate("postgres", "-c", "SELECT '~|~'")
    assert ran.returncode == 2
    assert "SELECT '~|~'" in ran.stderr
    assert operate.told == []
