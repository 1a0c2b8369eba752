"""The pack's folder stands alone: copied elsewhere, it starts as the engine starts it."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from apex_guardrails.pack.about import PACK_FILE
from scripts.pack_requirements import PAGE, requirements


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has what the pack needs, and not this project."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False)
    [site] = environment.glob("lib/python*/site-packages")
    # A folder that a .pth file names is not searched for further ones, so this project, which is
    # installed by such a file, is left out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin" / "python"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "guard"
    shutil.copytree(PACK_FILE.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_the_environment_lacks_this_project(python: Path, tmp_path: Path) -> None:
    for name in ("apex_guardrails", "policies"):
        ran = subprocess.run(
            [python, "-c", f"import {name}"],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert f"No module named '{name}'" in ran.stderr


def test_a_copy_under_another_name_answers_the_engine(python: Path, folder: Path) -> None:
    process = subprocess.Popen(
        [python, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(r"\d+\n", line), process.communicate()
        with grpc.insecure_channel(f"127.0.0.1:{line.strip()}") as channel:
            stub = analyzer_pb2_grpc.AnalyzerStub(channel)
            stub.ConfigureStack(
                analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="shop")
            )
            info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "apex-guardrails"
        assert len(info.policies) > 200
    finally:
        process.kill()
        process.communicate()


def test_a_copy_is_the_command_too(python: Path, folder: Path) -> None:
    ran = subprocess.run([python, folder, "--version"], check=True, capture_output=True, text=True)
    assert ran.stdout.startswith("apex ")


def test_it_runs_its_own_code_whatever_is_installed(folder: Path) -> None:
    """In an environment that has the project, a copy is not evaluated by the installed one."""
    rules = folder / "apex_guardrails" / "rules"
    (rules / "sql" / "sql_no_public_ip.py").unlink()
    ran = subprocess.run(
        [sys.executable, folder, "explain", "sql-no-public-ip"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "sql-no-public-ip: there is no such rule" in ran.stderr


def test_what_it_needs_is_written_beside_it() -> None:
    assert PAGE.read_text("utf-8") == requirements()
