"""The image: by Docker where there is one, else by its Dockerfile's own steps in a bare root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from apex_guardrails.pack.about import pack_info
from tests.tooling.conftest import ROOT
from tests.tooling.dockerfile import Around, Build, why_not

# Whole processes in a root of their own, where coverage cannot look.
pytestmark = pytest.mark.no_cover

Run = Callable[..., subprocess.CompletedProcess[str]]
NAME = "apex-guardrails-under-test"


def has_docker() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def by_docker(context: Path) -> Run:
    subprocess.run(["docker", "build", "--quiet", "--tag", NAME, "."], cwd=context, check=True)

    def run(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
        options = ["--rm", "--network=none", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"]
        options += [
            f"--volume={ROOT}:{ROOT}:ro",
            f"--volume={sys.base_prefix}:{sys.base_prefix}:ro",
        ]
        if program:
            options.append(f"--entrypoint={program}")
        command = ["docker", "run", *options, NAME, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def by_steps(context: Path, folder: Path) -> Run:
    # How this machine finds packages is its own matter, and no part of the image.
    told = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    named = tuple(Path(value) for value in told.values() if Path(value).is_absolute())
    folders = tuple(path if path.is_dir() else path.parent for path in named if path.exists())
    outside = tuple(path for path in folders if path.parts[1] not in {"etc", "usr"})
    around = Around(told, mounts=outside)
    image = Build(context / "Dockerfile", context, folder, around).image

    def run(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
        shells = ("/usr/bin/sh", "/usr/bin/dash", "/usr/bin/bash")
        masked = tuple(
            path for path in shells if Path(path).is_file() and not Path(path).is_symlink()
        )
        around = Around(read_only=True, mounts=(ROOT,), masked=masked)
        if program:
            return image.run(program, *arguments, around=around)
        return image.start(*arguments, around=around)

    return run


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Starts the image with a read-only root and this repository mounted."""
    context = tmp_path_factory.mktemp("context")
    (context / "policies").mkdir()
    for name in ("Dockerfile", ".dockerignore", "policies/requirements.txt"):
        shutil.copy(ROOT / name, context / name)
    command = [str(Path(sys.executable).with_name("uv")), "build", "--wheel"]
    command += ["--no-build-isolation", "--offline", "--out-dir", str(context / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    if has_docker():
        return by_docker(context)
    reason = why_not()
    if reason is not None:
        pytest.skip(f"there is no Docker here, and its steps cannot be run: {reason}")
    return by_steps(context, tmp_path_factory.mktemp("roots"))


def test_it_says_its_version(image: Run) -> None:
    done = image("--version")
    assert (done.stdout, done.stderr) == (f"apex {pack_info()['version']}\n", "")


def test_without_arguments_it_helps(image: Run) -> None:
    done = image()
    assert done.returncode == 0
    assert "apex preview" in done.stdout


def test_it_judges_a_program_and_writes_nothing(image: Run) -> None:
    program = str(ROOT / "examples/simple-cloud-run")
    done = image("preview", "--program", program, "--stack", "dev")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev may be deployed" in done.stdout


def test_it_gives_the_packs_folder_for_the_engine(image: Run) -> None:
    done = image("pack-path")
    assert done.returncode == 0, done.stderr
    assert "/apex-guardrails/" in done.stdout


def test_nobody_who_runs_it_is_root_or_can_add_to_it(image: Run) -> None:
    code = "import os; print(os.getuid(), os.getgid(), os.access('/opt/apex', os.W_OK))"
    assert image("-c", code, program="/opt/apex/bin/python").stdout == "10001 10001 False\n"
    done = image("-m", "pip", "--version", program="/opt/apex/bin/python")
    assert "No module named pip" in done.stderr
