"""How far a run is: lines in a log, a bar on a terminal, nothing where nobody wants it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from apex_guardrails.fleet.progress import EVERY, Progress
from tests.policies.fleet.backends import backend
from tests.policies.judged import Apex, command


def test_a_log_has_a_line_every_few_seconds() -> None:
    now = 0.0
    lines: list[str] = []
    progress = Progress(write=lines.append, clock=lambda: now)
    with progress.of(100, 20):
        progress.advance(1, 0)
        assert lines == []
        now = EVERY
        progress.advance(19, 2)
        now = EVERY + 1
        progress.advance(1, 0)
        now = 80.0
        progress.advance(9, 0)
    assert lines == [
        "apex: 40 of 100 states, 2.0 a second, 2 failed, 30 s left\n",
        "apex: 50 of 100 states, 0.4 a second, 2 failed, 2 min 13 s left\n",
        "apex: 50 of 100 states, 0.4 a second, 2 failed\n",
    ]


def test_quiet_tells_nothing(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    arguments = ("fleet", "audit", "states", "--results", "out", "--quiet")
    assert apex.writing(tmp_path, *arguments).expect(1, "1 state").err == ""


@pytest.mark.no_cover
def test_a_terminal_has_a_bar(tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev", "shop/prod")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("fleet", "audit", "states", "--results", "out"),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:
        # The other end is closed.
        pass
    os.close(ours)
    assert process.wait() == 1
    assert "2 of 2 states" in shown.decode()
    assert "a second" in shown.decode()
    assert "0 failed" in shown.decode()
