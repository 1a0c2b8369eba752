"""scripts/chromium finds or installs a browser, and says what it lacks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policies.reports.review.conftest import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]
Has = Callable[[str, str], None]

INSTALLS = """
to=${0%/*}/chromium
[ "$1" != install ] || { printf '#!/bin/sh\\n' >"$to" && /bin/chmod +x "$to"; }
"""
"""An apt-get that puts a browser, which starts, beside itself."""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH, with no browser in it."""
    (tmp_path / "timeout").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    (tmp_path / "timeout").chmod(0o755)
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "")
    return tmp_path


@pytest.fixture
def has(programs: Path) -> Has:
    def has(name: str, body: str) -> None:
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)

    return has


@pytest.fixture
def run(programs: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "scripts/chromium", *arguments],
            env={"PATH": str(programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_one_that_starts_is_used(programs: Path, has: Has, run: Run) -> None:
    has("chromium", "exit 1")
    has("google-chrome", "")
    ran = run()
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{programs}/google-chrome\n", "")


def test_it_only_looks_when_told_to(has: Has, run: Run) -> None:
    has("id", "echo 0")
    has("apt-get", INSTALLS)
    ran = run("--no-install")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "no Chromium or Chrome on PATH" in ran.stderr
    assert run("--other").returncode == 2


def test_root_gets_one_by_apt_get(programs: Path, has: Has, run: Run) -> None:
    has("id", "echo 0")
    has("apt-get", INSTALLS)
    ran = run()
    assert (ran.returncode, ran.stdout) == (0, f"{programs}/chromium\n"), ran.stderr
    assert "installing" in ran.stderr


@pytest.mark.parametrize(
    ("user", "apt_get", "violation"),
    [
        ("0", "exit 100", "cannot be installed"),
        ("0", "exit 0", "cannot be installed"),
        ("0", "", "install one"),
        ("1000", "exit 0", "install one"),
    ],
)
def test_it_says_what_it_lacks(has: Has, run: Run, user: str, apt_get: str, violation: str) -> None:
    has("id", f"echo {user}")
    if apt_get:
        has("apt-get", apt_get)
    ran = run()
    assert (ran.returncode, ran.stdout) == (1, "")
    assert violation in ran.stderr
