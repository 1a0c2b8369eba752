"""A program started from a process with its SDK imported does what it does when started cold."""

from __future__ import annotations

import os
import signal
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from apex_guardrails.sources.offline import process
from apex_guardrails.sources.offline.preview import OfflinePreview, ProgramRun
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from apex_guardrails.sources.offline.warm import WarmStart
from apex_guardrails.support.child_processes import Process, start_piped
from tests.policies.judged import RAW, VIRTUALENV, judged, project_file, write
from tests.policies.processes import is_gone, wait_until

NAMED = RAW + '\n    Raw("net", "gcp:compute/network:Network", {"name": NAME})\n'


@pytest.fixture
def warm() -> Iterator[WarmStart]:
    """What starts programs."""
    start = WarmStart()
    yield start
    start.close()


def run(
    program: Path, starter: process.Starter, seconds: float = 300, **variables: str
) -> ProgramRun:
    """One run of a program."""
    project = load_project(program)
    preview = OfflinePreview(
        project,
        "dev",
        load_config(project, "dev"),
        variables=process.environment({**os.environ, **variables}, variables),
        starter=starter,
    )
    preview.start()
    return preview.finish(seconds)


def edit(program: Path, text: str) -> None:
    """Saves the program within the same second, as Python's cache of compiled files sees it."""
    file = program / "__main__.py"
    about = file.stat()
    file.write_text(textwrap.dedent(text))
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


def names(result: ProgramRun) -> list[object]:
    """The names that the resources of a run get."""
    assert result.failure is None
    return [item.value["name"] for item in result.stack if "name" in item.value]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment of its own, with the SDK of this one."""
    folder = tmp_path / "env"
    version = next((VIRTUALENV / "lib").iterdir()).name
    packages = folder / "lib" / version / "site-packages"
    write(
        folder,
        {
            "pyvenv.cfg": (VIRTUALENV / "pyvenv.cfg").read_text(),
            f"lib/{version}/site-packages/here.pth": str(
                VIRTUALENV / "lib" / version / "site-packages"
            ),
        },
    )
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to((VIRTUALENV / "bin" / "python").resolve())
    return packages


def in_environment(folder: Path, packages: Path, program: str) -> Path:
    """A program in an environment."""
    project = project_file(virtualenv=packages.parents[2])
    return judged(folder / "program", program, files={"Pulumi.yaml": project})


def test_each_run_sees_the_program_as_it_is_saved(warm: WarmStart, tmp_path: Path) -> None:
    module = 'NAME = "{}"\n'
    program = judged(
        tmp_path, "from names import NAME\n" + textwrap.dedent(NAMED), files={"names.py": ""}
    )
    for name in ("one", "two", "six"):
        (program / "names.py").write_text(module.format(name))
        os.utime(program / "names.py", (1_000_000_000, 1_000_000_000))
        assert names(run(program, warm)) == [name]
    assert [Path(file).name for file in warm.files] == ["names.py"]
    assert names(run(program, start_piped)) == ["six"]


def test_what_one_run_does_the_next_does_not_see(warm: WarmStart, tmp_path: Path) -> None:
    """It may fail, crash, leave, hang, leave threads and change what is shared."""
    program = judged(tmp_path)
    good = f'NAME = "good"\n{textwrap.dedent(NAMED)}'
    edit(program, good)
    assert names(run(program, warm)) == ["good"]
    for text, failure in (
        ("x = (\n", "SyntaxError"),
        ("import os\nos._exit(7)\n", "exited with code 7"),
        ("raise SystemExit('enough')\n", "enough"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "signal 9"),
        ("import pulumi\npulumi.Output = None\npulumi.log.error('broken')\n", "broken"),
        (
            """
            import threading, time
            def forever():
                time.sleep(600)
            threading.Thread(target=forever, daemon=True).start()
            """,
            "its thread forever has not",
        ),
    ):
        edit(program, text)
        result = run(program, warm)
        assert failure in str(result.failure)
        edit(program, good)
        assert names(run(program, warm)) == ["good"]


def test_a_run_that_hangs_is_ended_with_what_it_started(
    warm: WarmStart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "started"
    os.mkfifo(pipe)
    program = judged(tmp_path / "program", "import pulumi\n")
    assert run(program, warm).failure is None
    edit(
        program,
        f"""
        import pathlib, subprocess
        child = subprocess.Popen(["sleep", "600"])
        pathlib.Path({str(pipe)!r}).write_text(str(child.pid))
        child.wait()
        """,
    )
    wait = process.Child.wait

    def once_it_has_started(child: process.Child, _seconds: float) -> int | None:
        sleeper.append(int(pipe.read_text()))
        monkeypatch.undo()
        return wait(child, 0)

    sleeper: list[int] = []
    monkeypatch.setattr(process.Child, "wait", once_it_has_started)
    assert "did not end within" in str(run(program, warm).failure)
    wait_until(lambda: is_gone(sleeper[0]))
    edit(program, "import pulumi\n")
    assert run(program, warm).failure is None


def test_a_program_is_started_all_the_same_where_the_process_dies(
    warm: WarmStart, tmp_path: Path
) -> None:
    program = judged(tmp_path, "import os\nprint('parent', os.getppid())\n")
    parents = []
    for _ in range(6):
        parents.append(int(run(program, warm).output[0].removeprefix("parent ")))
        if parents[-1] != os.getpid():
            os.kill(parents[-1], signal.SIGKILL)
    # What keeps dying is left alone.
    assert parents[0] != os.getpid()
    assert parents[-1] == os.getpid()


def test_a_program_ends_with_the_process_that_started_it(warm: WarmStart, tmp_path: Path) -> None:
    program = judged(tmp_path, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n")
    assert "was ended by signal 9" in str(run(program, warm).failure)
    edit(program, "print('well')\n")
    assert run(program, warm).output == ["well"]


def test_a_program_that_is_not_started_yet_never_is(warm: WarmStart, tmp_path: Path) -> None:
    program = judged(tmp_path, "open('traces', 'w')\n")
    project = load_project(program)
    started: list[Process] = []

    def starting(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Process:
        started.append(warm(command, folder, variables))
        return started[-1]

    preview = OfflinePreview(project, "dev", load_config(project, "dev"), starter=starting)
    preview.start()
    preview.stop()
    assert started[0].poll() == -signal.SIGTERM
    assert not (program / "traces").exists()
    assert run(program, warm).failure is None


def test_an_environment_without_the_sdk_is_named(warm: WarmStart, tmp_path: Path) -> None:
    write(tmp_path / "env", {"pyvenv.cfg": (VIRTUALENV / "pyvenv.cfg").read_text()})
    (tmp_path / "env" / "bin").mkdir()
    (tmp_path / "env/bin/python").symlink_to((VIRTUALENV / "bin" / "python").resolve())
    project = project_file(virtualenv=tmp_path / "env")
    program = judged(tmp_path / "program", files={"Pulumi.yaml": project})
    assert "has no Pulumi SDK" in str(run(program, warm).failure)
    assert "has no Pulumi SDK" in str(run(program, warm).failure)


def test_other_variables_are_those_of_another_process(warm: WarmStart, tmp_path: Path) -> None:
    program = judged(tmp_path, "import os\nprint(os.environ.get('REGION'))\n")
    assert run(program, warm).output == ["None"]
    assert run(program, warm, REGION="north").output == ["north"]


def test_the_next_run_finds_imported_what_the_last_one_imported(
    warm: WarmStart, tmp_path: Path, environment: Path
) -> None:
    write(environment, {"library.py": ""})
    program = in_environment(
        tmp_path,
        environment,
        """
        import sys
        print({"library", "pulumi_gcp.dns", "own"}.intersection(sys.modules))
        import library, own, pulumi_gcp
        pulumi_gcp.dns.ManagedZone
        """,
    )
    write(program, {"own.py": ""})
    assert run(program, warm).output == ["set()"]
    found = run(program, warm).output[0]
    assert "library" in found
    assert "pulumi_gcp.dns" in found
    assert "own" not in found


def test_what_is_installed_meanwhile_counts(
    warm: WarmStart, tmp_path: Path, environment: Path
) -> None:
    write(environment, {"library.py": "VERSION = 1\n"})
    program = in_environment(tmp_path, environment, "import library\nprint(library.VERSION)\n")
    assert run(program, warm).output == ["1"]
    assert run(program, warm).output == ["1"]
    write(environment, {"library.py": "VERSION = 22\n"})
    assert run(program, warm).output == ["22"]
    assert run(program, warm).output == ["22"]
    write(environment, {"another-1.dist-info/METADATA": "Name: another\n"})
    assert run(program, warm).output == ["22"]
    # A module of the program's own comes before an installed one, as ever.
    write(program, {"library.py": "VERSION = 'own'\n"})
    assert run(program, warm).output == ["own"]
    assert run(program, warm).output == ["own"]


@pytest.mark.parametrize(
    ("library", "said"),
    [
        ("print('imported')\nX = 1\n", ["imported", "1"]),
        (
            """
            import threading
            thread = threading.Thread(target=threading.Event().wait, daemon=True)
            thread.start()
            class Alive:
                def __str__(self):
                    return str(thread.is_alive())
            X = Alive()
            """,
            ["True"],
        ),
        ("import pulumi\nX = pulumi.Config('gcp').require('project')\n", ["my-project"]),
        ("from pulumi import get_stack\nX = get_stack()\n", ["dev"]),
        ("import inner\nX = inner.X\n", ["my-project"]),
        ("raise ImportError('not here')\n", ["not here"]),
        ("import os\nX = os.environ.get('SET_BY_PROGRAM')\n", ["yes"]),
    ],
    ids=["prints", "thread", "config", "stack", "through-another", "fails", "environment"],
)
def test_a_library_that_does_something_when_it_is_imported_does_it_in_each_run(
    warm: WarmStart, tmp_path: Path, environment: Path, library: str, said: list[str]
) -> None:
    inner = "import pulumi\nX = pulumi.Config('gcp').require('project')\n"
    write(environment, {"library.py": library, "inner.py": inner})
    program = in_environment(
        tmp_path,
        environment,
        """
        import os
        if "SET" in "{kind}":
            os.environ["SET_BY_PROGRAM"] = "yes"
        try:
            import library
        except ImportError as error:
            print(error)
        else:
            print(library.X)
        """.format(kind="SET" if "SET_BY" in library else ""),
    )
    for _ in range(3):
        result = run(program, warm)
        assert result.failure is None
        assert result.output == said
