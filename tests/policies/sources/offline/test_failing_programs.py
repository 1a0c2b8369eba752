"""Programs that do not run to their end, or not as they should."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from apex_guardrails.sources.offline.process import Child
from tests.policies.judged import Apex, Outcome, command, judged
from tests.policies.processes import Started, is_gone, wait_until

NETWORK = """
    import pulumi
    import pulumi_gcp as gcp

    gcp.compute.Network("vpc")
"""


def test_a_program_that_raises_shows_its_own_traceback_and_what_it_registered(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        NETWORK + "    import helper\n    helper.build()\n",
        files={"helper.py": "def build():\n    raise KeyError('no such zone')\n"},
    )
    outcome = apex.preview(program).expect(
        3,
        "the program failed",
        "Traceback (most recent call last):",
        f'File "{program}/__main__.py", line 7',
        f'File "{program}/helper.py", line 2, in build',
        "KeyError: 'no such zone'",
        "gcp:compute/network:Network",
        "dev not evaluated completely: the program failed (1 resource evaluated,",
    )
    # From the program's own first line on: nothing of what started it.
    assert "python_runner.py" not in outcome.said
    assert "runpy" not in outcome.said
    assert outcome.said.index("__main__.py") < outcome.said.index("helper.py")


@pytest.mark.parametrize(
    ("program", "texts"),
    [
        (
            "import pulumi\nraise pulumi.RunError('set the zone first')\n",
            ["__main__.py:2: set the zone first"],
        ),
        (
            "import pulumi\npulumi.Config().require('size')\n",
            ["__main__.py:2: Missing required configuration variable 'judged:size'"],
        ),
        ("import pulumi\nx = (\n", ["SyntaxError", "__main__.py", "line 2"]),
        ("import no_such_package\n", ["ModuleNotFoundError", "no_such_package", "line 1"]),
        ("import sys\nsys.exit(0)\n", ["exited with code 0"]),
        ("import sys\nsys.exit(3)\n", ["exited with code 3"]),
        ("import sys\nsys.exit('no zone')\n", [':2: the program exited and said "no zone"']),
        ("exit()\n", ["__main__.py:1: the program exited with code 0"]),
        ("import os\nos._exit(0)\n", ["exited with code 0"]),
        ("import os\nos._exit(7)\n", ["exited with code 7"]),
        (
            "import os, sys\nprint('on its way', file=sys.stderr)\nos.kill(os.getpid(), 9)\n",
            ["was ended by signal 9", "on its way"],
        ),
        (
            "import pulumi\npulumi.export('x', pulumi.Output.from_input(1).apply(lambda n: n / 0))",
            ["ZeroDivisionError", "__main__.py", "line 2"],
        ),
        ("raise KeyboardInterrupt\n", ["KeyboardInterrupt", "__main__.py"]),
        (
            "import pulumi\npulumi.Output.from_input('a').apply(int)\n",
            ["__main__.py:2: ValueError: invalid literal for int()"],
        ),
        (
            "import pulumi\npulumi.Output.format('{} {}', 1)\n",
            ["__main__.py:2: IndexError: Replacement index 1 out of range"],
        ),
        (
            "import pulumi, json\nx = pulumi.Output.from_input('{').apply(json.loads)\n",
            ["__main__.py:2: json.decoder.JSONDecodeError"],
        ),
        (
            "import pulumi\npulumi.CustomResource('a:b:C', 'c', {'a': object()})\n",
            ["__main__.py:2: ", "unexpected input of type object"],
        ),
    ],
    ids=lambda value: value.splitlines()[-1][:30] if isinstance(value, str) else "",
)
def test_a_program_that_ends_before_its_end_fails_with_its_reason(
    apex: Apex, tmp_path: Path, program: str, texts: list[str]
) -> None:
    outcome = apex.preview(judged(tmp_path, program)).expect(3, "the program failed", *texts)
    assert outcome.said.count("the program failed\n") == 1
    assert "python_runner.py" not in outcome.said
    assert "runpy" not in outcome.said
    assert outcome.err == ""


def test_a_program_that_never_ends_is_stopped_with_all_that_it_started(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Started(tmp_path)
    program = judged(
        tmp_path / "program",
        f"""
        import pulumi, signal, subprocess, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen(["sleep", "600"])
        open({str(started.pipe)!r}, "w").write(str(child.pid))
        while True:
            time.sleep(1)
        """,
    )
    monkeypatch.setattr(Child, "wait", started.first(Child.wait))
    apex.preview(program, "--timeout", "2").expect(
        3, "the program did not end within 2 seconds", "--timeout"
    )
    wait_until(lambda: is_gone(int(started.text)))


def test_a_program_that_needs_too_much_memory_is_ended(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import subprocess, sys
        # What it starts counts, too.
        hog = "import time; much = b'x' * 600_000_000; time.sleep(600)"
        subprocess.run([sys.executable, "-c", hog])
        """,
        files={"policy-pack.yaml": "offline: {memory_limit: 500}\n"},
    )
    apex.preview(program).expect(
        3, "the program needed more than 500 MB of memory, and was ended", "offline.memory_limit"
    )


def test_a_program_that_registers_nothing_is_said_to(apex: Apex, tmp_path: Path) -> None:
    apex.preview(judged(tmp_path)).expect(
        0,
        "The program registers no resources: there is nothing to judge.",
        "dev has nothing to judge (0 resources evaluated, ",
    )


def test_what_a_program_prints_is_shown_in_part_and_kept_in_part(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import sys, pulumi
        for number in range(1_000_000):
            print("line", number)
        sys.stderr.write("x" * 5_000_000)
        pulumi.log.warn("a warning")
        pulumi.log.info("the end")
        """,
    )
    outcome = apex.preview(program).expect(
        0, "The program printed:", "line 0\n", "a warning", "the end", "more lines"
    )
    assert "line 999999" not in outcome.out
    assert len(outcome.out) < 1_000_000


def test_output_without_an_end_of_line_and_without_utf_8_is_shown(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path, "import sys\nsys.stdout.buffer.write(b'caf\\xe9 \\x1b[31mred [bold]no end')\n"
    )
    outcome = apex.preview(program).expect(0, "no end", "[bold]")
    # What a program prints must not drive the reader's terminal.
    assert "\x1b" not in outcome.out


def test_a_virtualenv_that_is_missing_is_named_with_its_line(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        files={
            "Pulumi.yaml": "name: j\nruntime:\n  name: python\n  options:\n    virtualenv: venv\n"
        },
    )
    apex.preview(program).expect_only(
        2, "Pulumi.yaml:5: runtime.options.virtualenv", f"{program}/venv", "create it"
    )


def test_a_virtualenv_without_pulumi_is_named(
    apex: Apex, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    venv = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run(["python3", "-m", "venv", "--without-pip", venv], check=True)
    program = judged(
        tmp_path,
        files={
            "Pulumi.yaml": "name: j\nruntime:\n  name: python\n"
            f"  options:\n    virtualenv: {venv}\n"
        },
    )
    apex.preview(program).expect(3, "has no Pulumi SDK", str(venv), "install")


@pytest.mark.parametrize("runtime", ["java", "{name: dotnet}", "yaml"])
def test_a_program_in_another_language_is_refused_by_name(
    apex: Apex, tmp_path: Path, runtime: str
) -> None:
    program = judged(tmp_path, files={"Pulumi.yaml": f"name: j\nruntime: {runtime}\n"})
    language = runtime.removeprefix("{name: ").removesuffix("}")
    apex.preview(program, PATH=os.defpath).expect_only(
        2, "Pulumi.yaml", f"a {language} program is run by pulumi-language-{language}"
    )


def _run_and_interrupt(program: Path, marker: Path, number: signal.Signals) -> Outcome:
    process = subprocess.Popen(
        command("preview"),
        cwd=program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def is_under_way() -> bool:
        assert process.poll() is None, process.communicate()
        return marker.exists() and marker.read_text().endswith("\n")

    wait_until(is_under_way)
    os.kill(process.pid, number)
    out, err = process.communicate()
    return Outcome(process.returncode, out, err)


# Coverage's own saving at the end would be what is interrupted.
@pytest.mark.no_cover
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_program_too(tmp_path: Path, number: signal.Signals) -> None:
    marker = tmp_path / "pid"
    program = judged(
        tmp_path / "program",
        f"""
        import os, time
        open({str(marker)!r}, "w").write(str(os.getpid()) + "\\n")
        time.sleep(600)
        """,
    )
    outcome = _run_and_interrupt(program, marker, number)
    assert outcome.code == (130 if number is signal.SIGINT else 143)
    assert "Traceback" not in outcome.said
    assert outcome.err == "apex: interrupted\n"
    wait_until(lambda: is_gone(int(marker.read_text())))


@pytest.mark.parametrize("levels", [150, 700])
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Raw('deep', 'a:b:C', {'a': deep})", "__main__.py:14: an input of a:b:C (deep) is"),
        ("pulumi.export('deep', deep)", "an output of the stack"),
        ("pulumi.runtime.invoke('a:b:c', {'a': deep})", "an argument of a:b:c"),
        ("Raw('deep', 'a:b:C', {'a': deep}, pulumi.ResourceOptions(id='x'))", "an input of a:b:C"),
    ],
)  # fmt: skip
def test_what_is_nested_too_deeply_to_be_judged_is_told(
    apex: Apex, tmp_path: Path, levels: int, line: str, text: str
) -> None:
    program = f"""
    import sys, pulumi

    class Raw(pulumi.CustomResource):
        def __init__(self, name, token, inputs, opts=None):
            super().__init__(token, name, inputs, opts)

    # The SDK takes no more than 200 levels otherwise.
    sys.setrecursionlimit(100_000)
    deep = 1
    for _ in range({levels}):
        deep = [deep]

    {line}
    """
    outcome = apex.preview(judged(tmp_path, program))
    outcome.expect(3, "the program failed", f"{text}", "is nested more than 100 levels deep")
    assert "Traceback" not in outcome.said
    assert "RecursionError" not in outcome.said


def test_what_the_sdk_itself_cannot_pass_on_is_told(apex: Apex, tmp_path: Path) -> None:
    program = """
    import pulumi

    deep = [1]
    for _ in range(700):
        deep = [deep]
    pulumi.export("deep", deep)
    """
    outcome = apex.preview(judged(tmp_path, program))
    outcome.expect(3, "the program failed", "nested more deeply than Pulumi's SDK can pass on")
    assert "Traceback" not in outcome.said
