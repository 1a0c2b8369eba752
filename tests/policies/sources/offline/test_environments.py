"""Which Python runs a program: the one that Pulumi's own language host would find."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policies.judged import VIRTUALENV, Apex, judged, write

WHICH = """
    import os, shutil, sys
    print('runs in', sys.prefix)
    print('python is', shutil.which('python'), 'of', os.environ.get('VIRTUAL_ENV'))
"""


def runtime(**options: str) -> str:
    """A `Pulumi.yaml` with these options and no others."""
    lines = "".join(f"    {name}: {value}\n" for name, value in options.items())
    return "name: judged\nruntime:\n  name: python\n" + (f"  options:\n{lines}" if options else "")


def program(folder: Path, **options: str) -> Path:
    return judged(folder, WHICH, files={"Pulumi.yaml": runtime(**options)})


def linked(folder: Path) -> Path:
    """An environment that is this very one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(VIRTUALENV)
    return folder


def script(folder: Path, name: str, text: str) -> Path:
    """A tool of the machine."""
    file = write(folder, {name: f"#!/bin/sh\n{text}\n"}) / name
    file.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def no_environment_is_active(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT", "PULUMI_PYTHON_CMD"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_that_runs_the_program_is_active_in_it(apex: Apex, tmp_path: Path) -> None:
    venv = linked(tmp_path / "other" / "venv")
    started = program(tmp_path / "program", virtualenv="../other/venv")
    place = f"{tmp_path}/program/../other/venv"
    apex.preview(started).expect(0, f"python is {place}/bin/python of {place}")
    assert venv.is_symlink()


@pytest.mark.parametrize("options", [{"toolchain": "uv"}, {}])
def test_uv_keeps_the_environment_beside_its_lock_file(
    apex: Apex, tmp_path: Path, options: dict[str, str]
) -> None:
    deploy = program(tmp_path / "deploy", **options)
    write(tmp_path, {"uv.lock": "", "pyproject.toml": ""})
    missing = apex.preview(deploy)
    missing.expect_only(2, f"{tmp_path}/uv.lock: uv's environment {tmp_path}/.venv", "uv sync")
    linked(tmp_path / ".venv")
    apex.preview(deploy).expect(0, f"of {tmp_path}/.venv")
    linked(tmp_path / "elsewhere")
    apex.preview(deploy, UV_PROJECT_ENVIRONMENT="elsewhere").expect(0, f"of {tmp_path}/elsewhere")


def test_uv_without_a_lock_file_goes_by_pyproject_then_by_the_program(
    apex: Apex, tmp_path: Path
) -> None:
    deploy = program(tmp_path / "deploy", toolchain="uv")
    write(deploy, {"requirements.txt": "pulumi\n"})
    apex.preview(deploy).expect_only(
        2,
        "Pulumi.yaml:5: runtime.options.toolchain",
        f"uv venv {deploy}/.venv",
        f"uv pip install --python {deploy}/.venv -r {deploy}/requirements.txt",
    )
    write(tmp_path, {"pyproject.toml": ""})
    apex.preview(deploy).expect_only(2, f"environment {tmp_path}/.venv", f"cd {deploy} && ", "sync")


def test_uv_takes_the_environment_that_the_project_names(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path / "deploy", toolchain="uv", virtualenv="own")
    write(tmp_path, {"uv.lock": ""})
    apex.preview(deploy).expect_only(2, f"env UV_PROJECT_ENVIRONMENT={deploy}/own", "uv sync")
    linked(deploy / "own")
    apex.preview(deploy).expect(0, f"of {deploy}/own")


def test_poetry_is_asked_where_its_environment_is(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path / "deploy", toolchain="poetry")
    none = script(tmp_path / "none", "poetry", "exit 1")
    apex.preview(deploy, PATH=f"{none}{os.pathsep}{os.defpath}").expect_only(
        2, "Pulumi.yaml:5: runtime.options.toolchain", f"{none}/poetry install"
    )
    answer = f'[ "$1 $2 $3" = "env info --path" ] && echo {VIRTUALENV}'
    asked = script(tmp_path / "asked", "poetry", answer)
    apex.preview(deploy, PATH=f"{asked}{os.pathsep}{os.defpath}").expect(0, f"of {VIRTUALENV}")


def test_a_lock_file_of_poetry_is_enough(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path / "deploy")
    write(tmp_path, {"poetry.lock": ""})
    answer = f'[ "$3" = --executable ] && echo {sys.executable}'
    tools = script(tmp_path / "tools", "poetry", answer)
    apex.preview(deploy, PATH=f"{tools}{os.pathsep}{os.defpath}").expect(0, f"of {VIRTUALENV}")


def test_without_poetry_its_environment_beside_the_project_is_found(
    apex: Apex, tmp_path: Path
) -> None:
    deploy = program(tmp_path / "deploy", toolchain="poetry")
    write(tmp_path, {"poetry.lock": ""})
    apex.preview(deploy, PATH=os.defpath).expect_only(
        2, f"{tmp_path}/poetry.lock", "get Poetry (pipx install poetry)", "poetry install"
    )
    linked(tmp_path / ".venv")
    apex.preview(deploy, PATH=os.defpath).expect(0, f"of {tmp_path}/.venv")


def test_without_an_option_the_python_on_the_path_runs_it(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path)
    apex.preview(deploy, PATH=f"{VIRTUALENV}/bin").expect(0, f"runs in {VIRTUALENV}")
    apex.preview(deploy, PATH=str(tmp_path)).expect_only(2, "needs Python", "none on PATH")


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_an_active_environment_counts_where_the_python_on_the_path_has_no_sdk(
    apex: Apex, tmp_path: Path, variable: str
) -> None:
    empty = tmp_path / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    deploy = program(tmp_path / "deploy")
    active = {variable: str(VIRTUALENV)}
    apex.preview(deploy, PATH=f"{empty}/bin", **active).expect(0, f"runs in {VIRTUALENV}")
    apex.preview(deploy, PATH=f"{empty}/bin").expect(3, f"no Pulumi SDK ({empty}/bin/python")


def test_a_python_that_the_user_chose_is_taken(apex: Apex, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python-mine").symlink_to(VIRTUALENV / "bin" / "python")
    path = f"{tools}{os.pathsep}{os.defpath}"
    deploy = judged(tmp_path / "deploy", "import no_such\n", files={"Pulumi.yaml": runtime()})
    apex.preview(deploy, PATH=path, PULUMI_PYTHON_CMD="python-mine").expect(3)
    apex.preview(deploy, PATH=path, PULUMI_PYTHON_CMD="none-such").expect_only(2, "needs Python")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"toolchain": "pipenv"}, "runtime.options.toolchain: expected pip, poetry, uv"),
        ({"virtualenv": "[a]"}, "runtime.options.virtualenv: expected text"),
    ],
)
def test_an_option_that_is_not_valid_is_named(
    apex: Apex, tmp_path: Path, options: dict[str, str], text: str
) -> None:
    apex.preview(program(tmp_path, **options)).expect_only(2, f"Pulumi.yaml:5: {text}")


def test_asked_to_the_environment_is_made(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path, virtualenv="venv")
    write(deploy, {"requirements.txt": "# nothing\n"})
    path = f"{VIRTUALENV}/bin{os.pathsep}{os.defpath}"
    outcome = apex.writing(deploy, "preview", "--install", PATH=path)
    # What it requires is there now, and it requires no SDK.
    outcome.expect(3, "-m venv", "pip install -r", f"no Pulumi SDK ({deploy}/venv/bin/python")
    assert (deploy / "venv/bin/python").exists()


def test_a_command_that_fails_ends_it(apex: Apex, tmp_path: Path) -> None:
    deploy = program(tmp_path, toolchain="poetry")
    write(deploy, {"poetry.lock": ""})
    tools = script(tmp_path / "tools", "poetry", "exit 7")
    path = f"{tools}{os.pathsep}{os.defpath}"
    outcome = apex.writing(deploy, "preview", "--install", PATH=path)
    outcome.expect(2, "poetry install: exited with code 7, so the program was not run")
    outcome = apex.writing(deploy, "preview", "--install", PATH=os.defpath)
    outcome.expect_only(2, "Poetry is missing: pipx install poetry")
