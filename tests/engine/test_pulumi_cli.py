"""scripts/pulumi-cli finds, fetches or builds the Pulumi CLI, and says what it lacks."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.harness import ROOT

TOOLS = ["cat", "chmod", "cp", "dirname", "mkdir", "mktemp", "mv", "rm", "sh"]

# A CLI that starts, put into the folder $1; an installer and a Go that put it where they must.
CLI = 'mkdir -p "$1" && printf \'#!/bin/sh\\n\' >"$1/pulumi" && chmod +x "$1/pulumi"'
INSTALLER = f'while [ "$1" != --install-root ]; do shift; done; set -- "$2/bin"; {CLI}'
CURL = f'while [ "$1" != --output ]; do shift; done; cat >"$2" <<\'EOF\'\n{INSTALLER}\nEOF'
GO = f'while [ "$1" != -o ]; do shift; done; set -- "$(dirname "$2")"; {CLI}'


@dataclass
class Machine:
    """A checkout, and what is on PATH."""

    root: Path
    programs: Path

    def has(self, name: str, body: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "scripts/pulumi-cli", *arguments],
            env={"PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def made(self) -> list[str]:
        """What is in the tool folder, unfinished or not."""
        return sorted(path.name for path in (self.root / ".tools").iterdir())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Without network, Go or Pulumi."""
    made = Machine(tmp_path / "checkout", tmp_path / "programs")
    (made.root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/pulumi-cli", made.root / "scripts")
    shutil.copytree(ROOT / "scripts/pulumi", made.root / "scripts/pulumi")
    made.programs.mkdir()
    for tool in TOOLS:
        (made.programs / tool).symlink_to(shutil.which(tool) or "")
    made.has("curl", "exit 6")
    return made


def test_the_one_on_path_is_used(machine: Machine) -> None:
    machine.has("pulumi", "")

    ran = machine.run()

    assert (ran.returncode, ran.stdout) == (0, f"{machine.programs}\n")
    assert not (machine.root / ".tools").exists()


def test_the_installer_comes_before_a_build(machine: Machine) -> None:
    machine.has("curl", CURL)
    machine.has("go", "exit 1")

    ran = machine.run()

    assert ran.returncode == 0, ran.stderr
    assert (Path(ran.stdout.strip()) / "pulumi").exists()


@pytest.mark.parametrize("curl", ["exit 6", CURL.replace(INSTALLER, "exit 1")])
def test_without_the_installer_it_is_built_once(machine: Machine, curl: str) -> None:
    machine.has("curl", curl)
    machine.has("go", GO)

    ran = machine.run()

    assert ran.returncode == 0, ran.stderr
    folder = Path(ran.stdout.strip())
    assert {path.name for path in folder.iterdir()} == {"pulumi", "pulumi-analyzer-policy-python"}
    assert machine.made == [folder.name]

    machine.has("go", "exit 1")
    again = machine.run("--no-install")
    assert (again.returncode, again.stdout, again.stderr) == (0, ran.stdout, "")


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        ("", "there is no Go to build the CLI with: install Pulumi 3.259.0, or Go"),
        ("exit 1", "the build failed; see above"),
        (GO.replace("#!/bin/sh", "#!/bin/false"), "does not start"),
    ],
)
def test_a_failure_names_what_is_missing_and_leaves_nothing(
    machine: Machine, go: str, reason: str
) -> None:
    if go:
        machine.has("go", go)

    ran = machine.run()

    assert (ran.returncode, ran.stdout) == (1, "")
    assert reason in ran.stderr.splitlines()[-1]
    assert machine.made == []


def test_looking_only_fetches_nothing(machine: Machine) -> None:
    machine.has("curl", CURL)

    ran = machine.run("--no-install")

    assert ran.returncode == 1
    assert ran.stderr.startswith("pulumi-cli: no Pulumi CLI on PATH or in .tools")
    assert not (machine.root / ".tools").exists()


def test_wrong_usage(machine: Machine) -> None:
    assert machine.run("--help-me").returncode == 2


def test_the_version_is_that_of_the_go_module() -> None:
    script = (ROOT / "scripts/pulumi-cli").read_text()
    lines = [line for line in script.splitlines() if line.startswith("version=")]
    [version] = [line.removeprefix("version=") for line in lines]
    assert (
        f"github.com/pulumi/pulumi/pkg/v3 v{version}\n"
        in (ROOT / "scripts/pulumi/go.mod").read_text()
    )


def test_the_pack_is_started_with_the_python_of_its_environment(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    pack = tmp_path / "pack"
    pack.mkdir()
    shim = ROOT / "scripts/pulumi/pulumi-analyzer-policy-python"

    ran = subprocess.run(
        [shim, "127.0.0.1:1", ".", "-toolchain=pip", "-virtualenv=../venv"],
        cwd=pack,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["-u", "-m", "pulumi.policy", "127.0.0.1:1", str(pack)]

    python.unlink()
    ran = subprocess.run(
        [shim, "127.0.0.1:1", ".", "-virtualenv=../venv"],
        cwd=pack,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "the policy pack's environment has no Python" in ran.stderr
    assert f"{pack}/../venv/bin/python does not exist" in ran.stderr
