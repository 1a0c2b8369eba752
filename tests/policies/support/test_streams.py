"""Whatever standard output is, the user gets the verdict, or is told why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.streams import usable_streams
from tests.policies.judged import Apex, command, judged

# A process for each: what it runs is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

NAMES = """
    import pulumi

    class Raw(pulumi.CustomResource):
        def __init__(self, name, token, inputs, opts=None):
            super().__init__(token, name, inputs, opts)

    Raw("caf\\u00e9-\\u2026-\\U0001f600", "gcp:compute/subnetwork:Subnetwork",
        {"network": "vpc", "ipCidrRange": "10.0.0.0/24", "region": "us-central1"})
"""


def shell(line: str, *arguments: str, folder: Path, **environment: str) -> tuple[int, bytes, bytes]:
    """What a shell gets of `apex`, which is `"$@"` in the line."""
    done = subprocess.run(
        ["sh", "-c", line, "sh", *command(*arguments)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["policies", "list"]])
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"$@" >&-', "is closed"),
        ('"$@" </dev/null >&-', "is closed"),
        ('"$@" <&- >&-', "is closed"),
        ('"$@" > /dev/full', "cannot be written: No space left on device"),
    ],
)
def test_an_output_that_takes_nothing_is_told(
    tmp_path: Path, line: str, reason: str, arguments: list[str]
) -> None:
    code, out, err = shell(line, *arguments, folder=tmp_path)
    assert (code, out) == (2, b"")
    assert err.decode() == f"apex: standard output: {reason}\n"


@pytest.mark.parametrize("output", [[], ["--format", "json"], ["--format", "html"]])
def test_a_judgement_that_does_not_arrive_is_none(tmp_path: Path, output: list[str]) -> None:
    program = judged(tmp_path, "print('x' * 900)\n")
    code, _, err = shell('"$@" > /dev/full', "preview", *output, folder=program)
    assert (code, err.count(b"\n")) == (2, 1)
    assert err.startswith(b"apex: standard output: cannot be written")


def test_where_nothing_can_be_said_the_exit_code_still_is(tmp_path: Path) -> None:
    for line in ('"$@" 2>&-', '"$@" 2> /dev/full', '"$@" >&- 2>&-'):
        assert shell(line, "policies", "show", "x", folder=tmp_path)[0] == 2
    assert shell('"$@" 2>&-', "--version", folder=tmp_path)[0] == 0


def test_a_format_whose_reader_leaves_early_changes_no_verdict(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("preview", "--format", "html"),
        cwd=judged(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


ENCODINGS = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
    {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
def test_a_terminal_without_a_character_gets_its_number(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    program = judged(tmp_path, NAMES)
    code, out, err = shell('"$@"', "preview", folder=program, **environment)
    assert (code, err) == (0, b"")
    assert b"\\u2026-\\U0001f600" in out or b"\x85-\\U0001f600" in out


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
def test_a_document_is_utf_8_whatever_the_terminal_is(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    program = judged(tmp_path, NAMES)
    code, out, _ = shell('"$@"', "preview", "--format", "junit", folder=program, **environment)
    assert code == 0
    # Every character is there as it is, and not by its number.
    assert "caf\u00e9-\u2026-\U0001f600" in out.decode()


def test_a_name_with_colons_is_no_picture(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, NAMES.replace("gcp:compute/subnetwork:Subnetwork", "a:b:key:C"))
    apex.preview(program).expect(0, "a:b:key:C")


def test_a_file_whose_name_is_no_unicode_is_told_of(apex: Apex, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    apex(tmp_path, "audit", name).expect(2, "caf\\udce9: the file does not exist")
    (tmp_path / name).mkdir()
    program = judged(tmp_path / name, NAMES)
    apex.preview(program).expect(0)
    assert json.loads(apex.preview(program, "--format", "sarif").expect(0).out)


def test_a_pipe_that_does_not_wait_is_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    read: list[bytes] = []

    def drain() -> None:
        with os.fdopen(reader, "rb") as file:
            read.append(file.read())

    kept = os.dup(1)
    os.dup2(writer, 1)
    os.close(writer)
    thread = threading.Thread(target=drain, daemon=True)
    try:
        with usable_streams():
            thread.start()
            sys.stdout.write("x" * 1_000_000 + "\n")
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    thread.join()
    assert read == [b"x" * 1_000_000 + b"\n"]
    assert capfd.readouterr().err == ""


def test_what_is_lost_is_told_once() -> None:
    kept = os.dup(1)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, 1)
    os.close(full)
    try:
        with usable_streams():
            sys.stdout.write("lost")
            with pytest.raises(UsageError, match="standard output: cannot be written"):
                sys.stdout.flush()
            sys.stdout.write("lost")
            sys.stdout.flush()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
