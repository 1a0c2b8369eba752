"""Programs to be judged, as small folders, and `apex` as a user starts it on them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apex_guardrails.cli import main

VIRTUALENV = Path(sys.prefix)
OUR_FRAME = re.compile(
    r'File "[^"]*/apex_guardrails/(analyzer|cli|judgement|reports|runs|settings|sources|support)/'
)
PLACEHOLDER = re.compile(r"[Pp]laceholder(-1)?[0-9a-f]{8}")
SOON = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
"""A day on which a waiver may end."""
GCP = "config:\n  gcp:project: my-project\n  gcp:region: us-central1\n"
"""A stack file for programs that say nothing else."""

RAW = """
    import pulumi

    class Raw(pulumi.CustomResource):
        def __init__(self, name, token, inputs, opts=None):
            super().__init__(token, name, inputs, opts)
"""
"""A resource of any type without the provider's SDK: it spares the second that importing it takes,
and the SDK's own checks."""


@dataclass(frozen=True)
class Outcome:
    """What a user gets back from `apex`."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that is shown."""
        return self.out + self.err

    def expect(self, code: int, *texts: str) -> Outcome:
        """This exit code, and these texts somewhere in what is shown."""
        assert self.code == code, f"exit code {self.code}, not {code}:\n{self.said}"
        for text in texts:
            assert text in self.said, f"{text!r} is not in:\n{self.said}"
        return self

    def expect_only(self, code: int, *texts: str) -> Outcome:
        """Nothing but one message on standard error: what, where, and the next step."""
        self.expect(code, *texts)
        assert self.out == ""
        assert self.err.startswith("apex: ")
        assert all(line.startswith(("apex: ", " ")) for line in self.err.splitlines())
        assert "Traceback" not in self.err
        return self


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes files, by their path below a folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
    return folder


def project_file(extra: str = "", virtualenv: str | Path = VIRTUALENV) -> str:
    """A `Pulumi.yaml` of a Python program in this very environment."""
    return (
        "name: judged\nruntime:\n  name: python\n  options:\n"
        f"    virtualenv: {virtualenv}\n{textwrap.dedent(extra)}"
    )


def judged(
    folder: Path,
    program: str = "",
    *,
    project: str = "",
    stack: str = GCP,
    files: Mapping[str, str] | None = None,
) -> Path:
    """A program in a folder of its own, with the stack dev."""
    return write(
        folder,
        {
            "Pulumi.yaml": project_file(project),
            "Pulumi.dev.yaml": stack,
            "__main__.py": program,
            **(files or {}),
        },
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for Python's own cache of what it imports."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


class Apex:
    """Starts `apex` in a folder, and checks what must hold for every run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def __call__(self, folder: Path, *arguments: str, **environment: str) -> Outcome:
        """Runs it in this process: the judged program is a real child all the same."""
        before = contents(folder)
        return checked(self.writing(folder, *arguments, **environment), folder, before)

    def writing(self, folder: Path, *arguments: str, **environment: str) -> Outcome:
        """The same for a command that writes files."""
        with self._monkeypatch.context() as patch:
            for name, value in {**environment}.items():
                patch.setenv(name, value)
            patch.chdir(folder)
            patch.setattr(sys, "argv", ["apex", *arguments])
            self._capfd.readouterr()
            code = int(main())
        out, err = self._capfd.readouterr()
        return Outcome(code, out, err)

    def preview(self, folder: Path, *arguments: str, **environment: str) -> Outcome:
        """`apex preview`."""
        return self(folder, "preview", *arguments, **environment)


def command(*arguments: str) -> list[str]:
    """The command line of a separate `apex`."""
    return [str(Path(sys.executable).with_name("apex")), *arguments]


def started(folder: Path, *arguments: str, **environment: str) -> Outcome:
    """Runs `apex` as a process of its own."""
    before = contents(folder)
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return checked(Outcome(done.returncode, done.stdout, done.stderr), folder, before)


def checked(outcome: Outcome, folder: Path, before: Mapping[str, bytes]) -> Outcome:
    """What holds for every run: no placeholder shown, no traceback of ours, nothing written."""
    assert not PLACEHOLDER.search(outcome.said), outcome.said
    assert not OUR_FRAME.search(outcome.said), outcome.said
    assert contents(folder) == before
    return outcome


@pytest.fixture
def apex(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Apex]:
    """Starts `apex`."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("APEX_SETTINGS", raising=False)
    monkeypatch.delenv("APEX_DEBUG", raising=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield Apex(monkeypatch, capfd)
    for number, handler in handlers.items():
        signal.signal(number, handler)
