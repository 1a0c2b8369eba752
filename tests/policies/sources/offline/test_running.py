"""What makes a program, before there is one."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from apex_guardrails.sources.offline.launchers.protocol import Command, Preparation
from apex_guardrails.sources.offline.running import Running

ECHO = "import os, sys; print(sys.stdin.readline().strip(), sorted(os.environ)[-1])"


def command(making: str, *, seconds: float = 300, is_quick: bool = False) -> Command:
    return Command(
        [sys.executable, "-c", ECHO],
        {"Z_PROGRAM": "1"},
        Preparation(
            [sys.executable, "-c", making],
            Path.cwd(),
            {"Z_TOOL": "1"},
            seconds,
            what="the program",
            is_quick=is_quick,
        ),
    )


def test_the_program_starts_once_it_is_made_and_has_its_own_variables(tmp_path: Path) -> None:
    running = Running(command("import os; assert os.environ['Z_TOOL']"), tmp_path, {"A_USUAL": "1"})
    running.send("its instructions")
    assert running.wait(300) == 0
    assert running.output == ["its instructions Z_PROGRAM"]
    assert (running.unprepared, running.errors, running.dropped_lines) == (None, [], 0)
    running.stop()


@pytest.mark.parametrize(
    ("making", "seconds", "why"),
    [
        ("import sys; sys.exit('no such thing')", 300, "cannot be built:\nno such thing"),
        ("import sys; sys.stdin.readline()", 0, "was not built within 0 seconds"),
    ],
)
def test_what_cannot_be_made_is_not_started(
    tmp_path: Path, making: str, seconds: float, why: str
) -> None:
    running = Running(command(making, seconds=seconds), tmp_path, {})
    running.send("instructions")
    running.wait(300)
    assert running.unprepared == f"the program {why}"
    running.stop()


@pytest.mark.parametrize(
    ("is_quick", "told"), [(False, ["building the program: this takes minutes"]), (True, [])]
)
def test_who_waits_at_a_terminal_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_quick: bool, told: Sequence[str]
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    running = Running(command("", is_quick=is_quick), tmp_path, {})
    running.wait(300)
    running.stop()
    assert terminal.getvalue().splitlines() == told
