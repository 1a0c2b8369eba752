"""`scripts/rotate`: where a value comes from, and that nothing shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.config.types import fit_for_cloud_sql
from operations.errors import Exit, OperationError
from operations.rotation import __main__ as command
from operations.service import Address
from operations.smoke import SmokeResult
from operations.stack import OperatedStack
from tests.operations.secret_stack import SecretStack

JWT, OPENAI, POSTGRES = "jwt-secret-key", "openai-api-key", "postgres-password"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> SecretStack:
    stack = SecretStack()

    def smoke(address: Address, say: Any) -> SmokeResult:
        say("4 passed\n")
        return SmokeResult(address == Address("https://api.example.com"), "a smoke test failed")

    monkeypatch.setattr(OperatedStack, "selected", lambda *_: stack)
    monkeypatch.setattr(command, "smoke", smoke)
    return stack


def rotate(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(command.app, [*arguments, "--stack", "staging"], input=given)


def test_a_value_is_read_from_standard_input(stack: SecretStack) -> None:
    done = rotate(OPENAI, given="Hidden-1\n")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"rotated: {OPENAI}. Commit Pulumi.staging.yaml\n"
    assert stack.value_read(OPENAI) == "Hidden-1"
    assert "4 passed" in done.stderr
    assert "Hidden-1" not in done.output
    assert rotate(OPENAI, given="Hidden-1\n").stdout == "nothing to do\n"


def test_a_value_is_generated_and_shown_to_nobody(stack: SecretStack) -> None:
    done = rotate(POSTGRES, POSTGRES, "--generate")
    assert done.exit_code == 0, done.output
    fit_for_cloud_sql(stack.value_read(POSTGRES))
    assert stack.value_read(POSTGRES) not in done.output


def test_a_value_is_asked_for_without_an_echo(
    stack: SecretStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_is_a_terminal", lambda: True)
    done = rotate(JWT, OPENAI, "--done-by-hand", given="Key-1\nKey-1\nKey-2\nKey-2\n")
    assert done.exit_code == 0, done.output
    assert [stack.value_read(key) for key in (JWT, OPENAI)] == ["Key-1", "Key-2"]
    assert "Key-1" not in done.output
    assert f"{JWT}: " in done.output


def test_values_of_several_lines_come_from_files(stack: SecretStack, tmp_path: Path) -> None:
    names = ("temporal-tls-certificate", "temporal-tls-key")
    files = [tmp_path / name for name in names]
    for file in files:
        file.write_text(f"of\n{file.name}\n", "utf-8")
    done = rotate(*names, *(f"--file={file.name}={file}" for file in files))
    assert done.exit_code == 0, done.output
    assert [stack.value_read(name) for name in names] == [f"of\n{name}" for name in names]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([OPENAI, "--file", "Hidden-1"], "--file: expected KEY=PATH"),
        ([OPENAI, "--file", f"{OPENAI}=Hidden-1"], f"--file {OPENAI}=...: there is no such file"),
        ([OPENAI, "--file", f"{JWT}=Hidden-1"], f"--file: {JWT} is not among the keys"),
        ([OPENAI, POSTGRES], "standard input has one value"),
        ([OPENAI, "--generate"], f"{OPENAI}: cannot be generated"),
        ([OPENAI], f"{OPENAI}: no value was given"),
        (["owner"], "owner is not a secret in Pulumi.yaml"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    stack: SecretStack, arguments: list[str], problem: str
) -> None:
    done = rotate(*arguments)
    assert done.exit_code == Exit.NOT_JUDGED
    assert done.stderr.startswith(f"rotate: {problem}")
    assert "Hidden-1" not in done.output
    assert stack.config("secret-rotations") == ""


def test_a_rotation_that_is_under_way_is_shown_and_taken_back(stack: SecretStack) -> None:
    assert rotate().stdout == "no rotation is under way\n"
    done = rotate(JWT, "--generate")
    assert done.exit_code == Exit.BUSY
    assert "run the same command with --done-by-hand" in done.stderr
    assert rotate().stdout == f"a rotation of {JWT} is under way\n"

    assert rotate("--back").exit_code == 1  # nobody says yes
    assert stack.numbers(JWT) == [0, 1]
    assert rotate("--back", "--yes").stdout.endswith(
        f"taken back: {JWT}. Commit Pulumi.staging.yaml\n"
    )
    assert stack.numbers(JWT) == [0]


def test_in_an_emergency_the_smoke_tests_are_skipped(stack: SecretStack) -> None:
    done = rotate(JWT, "--generate", "--skip-smoke")
    assert done.exit_code == 0, done.output
    assert stack.numbers(JWT) == [1]
    assert "4 passed" not in done.output


def test_a_stack_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def selected(*_: object) -> OperatedStack:
        raise OperationError("there is no stack staging: pulumi stack ls")

    monkeypatch.setattr(OperatedStack, "selected", selected)
    done = rotate()
    assert done.exit_code == Exit.NOT_JUDGED
    assert done.stderr == "rotate: there is no stack staging: pulumi stack ls\n"
