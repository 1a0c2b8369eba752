"""`apex preview --watch`: what people see who edit a program while it is watched."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.policies.cli.test_preview import ADVISORY, OPEN_RAW
from tests.policies.judged import Apex, command, judged, write

CLOSED_RAW = OPEN_RAW.replace("0.0.0.0/0", "10.0.0.0/8")
RULE = "firewall-no-all-ports-from-anywhere"
END = "waiting for changes (Ctrl-C ends)"


class Watching:
    """A running `apex preview --watch`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("preview", "--watch", *arguments),
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def round(self, *texts: str) -> str:
        """What is shown until it waits again, with these texts in it."""
        lines: list[str] = []
        while self.process.stdout and not (lines and END in lines[-1]):
            line = self.process.stdout.readline()
            assert line, "".join(lines)
            lines.append(line)
        said = "".join(lines)
        for text in texts:
            assert text in said, f"{text!r} is not in:\n{said}"
        assert "Traceback" not in said
        return said

    def end(self, number: int) -> str:
        """What is shown after a signal."""
        self.process.send_signal(number)
        said = self.process.stdout.read() if self.process.stdout else ""
        self.process.wait()
        return said


Start = Callable[..., Watching]


@pytest.fixture
def watching() -> Iterator[Start]:
    """Starts it."""
    started: list[Watching] = []

    def start(folder: Path, *arguments: str) -> Watching:
        started.append(Watching(folder, *arguments))
        return started[-1]

    yield start
    for each in started:
        with each.process:
            each.process.terminate()


def save(folder: Path, name: str, text: str) -> None:
    """Saves a file as editors do: at no time is it there in part."""
    write(folder, {".saving": text})
    (folder / ".saving").replace(folder / name)


def test_each_save_is_answered_with_what_it_changes(watching: Start, tmp_path: Path) -> None:
    program = judged(tmp_path, OPEN_RAW)
    apex = watching(program)
    first = apex.round("  watching ---\n", "critical violation", "dev may not be deployed: ")
    assert "since" not in first
    save(program, "__main__.py", CLOSED_RAW)
    said = apex.round("  __main__.py changed ---\n", ": 1 new, 1 gone\n", "dev may be deployed")
    assert f"\n  gone  {RULE}: gcp:compute/firewall:Firewall open: opens every" in said
    assert "\n  new   __main__.py:9: firewall-no-all-ports: " in said
    assert said.index(": 1 new") < said.index("judged, stack dev") < said.index("judged in ")
    save(program, "__main__.py", "x = (\n")
    said = apex.round("SyntaxError", "dev not evaluated completely")
    # Of a program that has failed nobody knows what is gone.
    assert "since" not in said
    project = (program / "Pulumi.yaml").read_text()
    save(program, "Pulumi.yaml", "name: [\n")
    apex.round("apex: Pulumi.yaml:2: not valid YAML", "nothing was judged in ")
    save(program, "__main__.py", CLOSED_RAW)
    apex.round("__main__.py changed", "nothing was judged in ")
    save(program, "Pulumi.yaml", project)
    apex.round("Pulumi.yaml changed", ": the findings are the same\n")
    (program / "__main__.py").unlink()
    apex.round("__main__.py changed", "apex: ", "does not exist, and Pulumi runs it")
    save(program, "__main__.py", OPEN_RAW)
    apex.round("critical violation", ": 1 new, 1 gone\n")
    save(program, "policy-pack.yaml", ADVISORY)
    apex.round("policy-pack.yaml changed", "advice", "dev may be deployed")
    write(program, {f".parts/{number}.py": "" for number in range(5)})
    (program / ".parts").rename(program / "parts")
    apex.round("parts/0.py, parts/1.py, parts/2.py, 2 more changed")
    assert apex.end(signal.SIGINT).endswith("apex: interrupted\n")
    assert apex.process.returncode == 130


def test_a_profile_that_the_settings_build_on_is_watched(watching: Start, tmp_path: Path) -> None:
    write(tmp_path, {"house.yaml": ""})
    settings = {"policy-pack.yaml": "extends: ../house.yaml\n"}
    apex = watching(judged(tmp_path / "program", OPEN_RAW, files=settings))
    apex.round("critical violation", "dev may not be deployed: ")
    save(tmp_path, "house.yaml", ADVISORY)
    apex.round("house.yaml changed", "advice", "dev may be deployed")


def test_an_edit_ends_the_run_that_is_under_way(watching: Start, tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    hanging = f"import pathlib, time\npathlib.Path({str(started)!r}).read_text()\ntime.sleep(600)\n"
    program = judged(tmp_path / "program", hanging)
    apex = watching(program, "--only", RULE)
    started.write_text("go on")
    save(program, "__main__.py", CLOSED_RAW)
    apex.round("  __main__.py changed ---\n", "dev may be deployed")
    assert apex.end(signal.SIGTERM).endswith("apex: interrupted\n")
    assert apex.process.returncode == 143


def test_reports_are_written_anew_each_time(watching: Start, tmp_path: Path) -> None:
    program = judged(tmp_path, OPEN_RAW)
    apex = watching(program, "--output-dir", "reports", "--format", "json", "--only", RULE)
    apex.round("only some rules were evaluated", "dev may not be deployed")
    report = program / "reports" / "judged.dev.json"
    assert "opens every port" in report.read_text()
    report.unlink()
    save(program, "__main__.py", "import pulumi\n")
    apex.round("__main__.py changed", "The program registers no resources")
    assert "opens every port" not in report.read_text()
    report.unlink()
    report.parent.rmdir()
    report.parent.write_text("in the way")
    save(program, "__main__.py", OPEN_RAW)
    apex.round("dev may not be deployed", "apex: ", "is not a folder")


def test_what_no_edit_mends_is_said_at_once(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "program", OPEN_RAW)
    apex.preview(program, "--watch", "--format", "json").expect_only(
        2, "--watch", "what people read", "--format json", "--output-dir"
    )
    apex.preview(program, "--watch", "--only", "no-such-rule").expect_only(2, "no-such-rule")
    apex.preview(program, "--watch", "--program", "nowhere").expect_only(2, "no such folder")
    apex.preview(tmp_path, "--watch").expect_only(2, "Pulumi.yaml: the file does not exist")
    for other in (["--all"], ["--from", "preview.json"]):
        apex.preview(tmp_path, "--watch", *other).expect_only(2, other[0], "cannot be watched")
