"""Every command of every page is one that its program has, with options that it knows.

Nothing of a cloud is called: bash records what the pages would. Pulumi's own command line is asked
in tests/engine/test_pages.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pulumi
import pytest
import typer

from infra.config import load
from operations.rotation.__main__ import app as rotate
from tests.docs.clis import CLIS, OTHERS
from tests.docs.pages import PAGES, ROOT, Command
from tests.docs.recorded import Call, calls, script
from tests.docs.shell import Shell
from tests.infra.deployment import STACKS, declarations, deploy, in_stack, secret_keys
from tests.infra.postgres_server import installed, running
from tests.policies.judged import Apex

pytestmark = pytest.mark.no_cover

PSQL = ROOT / "infra/databases/operators/psql.sh"
RUNBOOKS = [page for page in PAGES if page.startswith("docs/runbooks/")]
OURS = {"apex", ".venv/bin/apex", "make", "pulumi", ".venv/bin/python"}
NOT_FOR_SHELLCHECK = {
    "SC2034": "a variable that the text goes on to use",
    "SC2155": "nothing depends on the exit code of what an export is set to",
    "SC2164": "a page's reader sees that a folder is missing",
}
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z0-9_]*\b|\.\.\.")


@cache
def recorded(page: str) -> tuple[Call, ...]:
    """What a page calls."""
    with TemporaryDirectory() as folder:
        return tuple(calls(page, Path(folder)))


def every_call(program: str) -> Iterator[Call]:
    """The calls of one program, on all pages."""
    return (call for page in PAGES for call in recorded(page) if call.program == program)


def test_shellcheck_finds_nothing_in_the_pages(tmp_path: Path) -> None:
    scripts = []
    for page in PAGES:
        if text := script(page):
            file = tmp_path / f"{page.replace('/', '-')}.sh"
            file.write_text(f"#!/bin/bash\n{text}\n", "utf-8")
            scripts.append(file)
    done = subprocess.run(
        [
            Path(sys.prefix) / "bin/shellcheck",
            "--format=gcc",
            f"--exclude={','.join(NOT_FOR_SHELLCHECK)}",
            *scripts,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("page", PAGES)
def test_every_program_is_one_that_a_test_knows(page: str) -> None:
    """One that is new belongs into `CLIS`, or into `OTHERS` where it is everywhere."""
    known = {*CLIS, *OTHERS, *OURS}
    unknown = [
        str(call)
        for call in recorded(page)
        if call.program not in known and not call.program.startswith("scripts/")
    ]
    assert unknown == []


@pytest.mark.parametrize("program", CLIS)
def test_commands_that_cannot_be_run_are_documented_ones(program: str) -> None:
    commands, wide = CLIS[program]
    used = set()
    for call in every_call(program):
        words = " ".join(call.words)
        found = [command for command in commands if f"{words} ".startswith(f"{command} ")]
        assert found, f"{call}: no such command in tests/docs/clis.py"
        command = max(found, key=len)
        used.add(command)
        options = {*commands[command].split(), *wide.split()}
        assert set(call.options) <= options, f"{call}: {set(call.options) - options}"
    assert used == set(commands), "tests/docs/clis.py has what no page uses"


def _values() -> Iterator[tuple[Call, str, str | None]]:
    """Every `pulumi config` that names a key of ours, with the value it sets."""
    for call in every_call("pulumi"):
        if call.page.startswith("examples/"):
            continue  # programs with keys of their own
        match re.sub(r" --stack \S+| --\S+", "", " ".join(call.arguments)).split():
            case ["config", "get" | "rm", key]:
                yield call, key, None
            case ["config", "set", key, *value]:
                yield call, key, value[0] if value else None


def test_config_keys_are_declared_and_secrets_are_set_as_such() -> None:
    seen = 0
    for call, key, _ in _values():
        if key.startswith("gcp:") or PLACEHOLDER.fullmatch(key):
            continue
        assert key in declarations(), call
        if call.arguments[1] == "set":
            assert ("--secret" in call.arguments) is (key in secret_keys()), call
        seen += 1
    assert seen > 40


def test_config_values_are_valid_ones() -> None:
    values = {
        (key, value)
        for _, key, value in _values()
        if value and not key.startswith("gcp:") and not PLACEHOLDER.search(value)
    }
    assert len(values) > 20
    for key, value in sorted(values):
        refused = [_refusal(stack, key, value) for stack in STACKS]
        assert not all(refused), f"{key} {value}: {refused}"


def _refusal(stack: str, key: str, value: str) -> str | None:
    try:
        in_stack(stack, {key: value}, load)
    except pulumi.RunError as error:
        return str(error)
    return None


def test_outputs_that_the_pages_ask_for_are_the_stacks() -> None:
    outputs = deploy("production").outputs
    asked = {
        name
        for call in every_call("pulumi")
        if call.arguments[:2] == ("stack", "output")
        for name in call.arguments[2:3]
        if not name.startswith("-")
    }
    assert "api_url" in asked
    assert asked <= set(outputs)


@pytest.mark.parametrize("page", RUNBOOKS)
def test_what_is_ours_in_a_runbook_runs(
    page: str, apex: Apex, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(repository, apex, monkeypatch)
    for call in recorded(page):
        if call.program.removeprefix(".venv/bin/") in {"apex", "make", "python"}:
            line = " ".join((call.program, *(f"'{word}'" for word in call.arguments)))
            said = shell.run(Command(page, line, None))
            assert shell.code == 0, f"{call}\n{said}"


def test_scripts_that_the_pages_call_know_the_options() -> None:
    for page in PAGES:
        for call in recorded(page):
            if not call.program.startswith("scripts/") or call.program == "scripts/rotate":
                continue  # the latter's arguments are keys: see below
            usage, words = _help(call.program), list(call.arguments)
            command: list[str] = []
            while "[OPTIONS] COMMAND" in usage.rpartition("Usage: ")[2]:
                command.append(words.pop(0))
                assert command[-1] in usage, f"{call}: {usage}"
                usage += _help(call.program, *command)
            assert call.arguments[0] in usage, f"{call}: {usage}"
            passed_on = "[ARGUMENT...]" in usage  # to a program that has options of its own
            assert passed_on or [option for option in call.options if option not in usage] == []


@pytest.mark.parametrize("page", [page for page in RUNBOOKS if "operator-access" not in page])
def test_a_database_is_asked_in_a_way_that_an_operator_has(page: str) -> None:
    """Its own tool is on its machine, or in the job that scripts/operate runs."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    tools = [line for line in lines if re.search(r"\b(psql|redis-cli|cypher-shell)\b", line)]
    told = ("docker exec", "(operator-access.md)")
    assert [line for line in tools if not any(way in line for way in told)] == []


def test_what_the_pages_ask_postgresql_is_understood() -> None:
    programs = installed()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed below /usr/lib/postgresql")
    asked = [
        call.arguments[1:]
        for call in every_call("scripts/operate")
        if call.arguments[:2] == ("postgres", "-c")
    ]
    assert len(asked) > 5
    with running(programs, []) as told:
        for arguments in asked:
            done = subprocess.run(
                ["sh", "-c", PSQL.read_text("utf-8"), PSQL.name]
                + [argument.replace("PID", "1") for argument in arguments],
                env={**told, "PATH": f"{programs}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{arguments}\n{done.stderr}"


def test_a_page_that_bash_cannot_read_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\ngcloud 'a\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="unexpected EOF"):
        calls(str(page), tmp_path)


def test_a_call_is_recorded_as_the_shell_reads_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\nA=$(one --x='a b')\nX=1 two \"$REGION\" |\n    three < file > there\n```\n"
        "```console\n$ four -- --not-an-option \\\n    five\nits output\n```\n",
        "utf-8",
    )
    found = sorted(calls(str(page), tmp_path), key=lambda call: call.program)
    assert [(call.program, call.arguments) for call in found] == [
        ("four", ("--", "--not-an-option", "five")),
        ("one", ("--x=a b",)),
        ("three", ()),
        ("two", ("us-central1",)),
    ]
    assert [call.options for call in found] == [[], ["--x"], [], []]


@cache
def _help(program: str, *command: str) -> str:
    done = subprocess.run(
        [ROOT / program, *command, "--help"],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_rotations_are_of_secrets_and_with_options_that_there_are() -> None:
    known = {option for it in typer.main.get_command(rotate).params for option in it.opts}
    rotations = list(every_call("scripts/rotate"))
    assert len(rotations) > 10
    for call in rotations:
        assert set(call.options) <= known, call
        assert "--stack" in call.options, call
        assert set(call.words) <= set(secret_keys()), call
