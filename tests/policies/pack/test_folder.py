"""What somebody has who installs the package alone: the command, and the pack's folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

from apex_guardrails.pack.about import PACK_FILE, pack_info
from tests.engine.harness import ROOT

MEGABYTE = 1_000_000


def uv(*arguments: object) -> None:
    subprocess.run(
        [Path(sys.executable).with_name("uv"), *map(str, arguments)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and what it needs, and without this checkout."""

    environment: Path
    cache: Path

    def apex(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.environment / "bin" / "apex", *map(str, arguments)],
            cwd=self.cache,
            env={**os.environ, "XDG_CACHE_HOME": str(self.cache)},
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--no-build-isolation", "--offline", "--out-dir", folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    uv("pip", "install", "--offline", "--no-deps", "--python", python, wheel)
    [site] = environment.glob("lib/python*/site-packages")
    # Of a folder that a .pth file names no further ones are read: this checkout is left out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(environment, tmp_path_factory.mktemp("cache"))


@contextmanager
def started(python: Path, folder: Path) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """A pack, started as the engine starts it."""
    command = [str(python), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert re.fullmatch(r"\d+\n", line), process.communicate()
            with grpc.insecure_channel(f"127.0.0.1:{line.strip()}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 6 * MEGABYTE


def test_the_command_is_there_and_the_checkout_is_not(installed: Installed) -> None:
    assert installed.apex("--version").stdout == f"apex {pack_info()['version']}\n"
    ran = subprocess.run(
        [installed.environment / "bin" / "python", "-c", "import policies"],
        cwd=installed.cache,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "No module named 'policies'" in ran.stderr


def test_the_path_is_of_a_folder_that_the_engine_starts(installed: Installed) -> None:
    printed = installed.apex("pack-path")

    assert printed.returncode == 0, printed.stderr
    folder = Path(printed.stdout.strip())
    manifest = yaml.safe_load((folder / PACK_FILE.name).read_text())
    assert manifest["runtime"]["options"]["virtualenv"] == str(installed.environment)
    with started(installed.environment / "bin" / "python", folder) as pack:
        told = pack.GetAnalyzerInfo(empty_pb2.Empty())
    assert (told.name, told.version) == (pack_info()["name"], pack_info()["version"])
    assert len(told.policies) > 400
    assert installed.apex("pack-path").stdout == printed.stdout


def test_a_cache_that_cannot_be_written_is_named(installed: Installed) -> None:
    taken = installed.cache / "taken"
    taken.write_text("")
    ran = subprocess.run(
        [installed.environment / "bin" / "apex", "pack-path"],
        env={**os.environ, "XDG_CACHE_HOME": str(taken)},
        cwd=installed.cache,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "set XDG_CACHE_HOME" in ran.stderr


def test_what_is_built_of_the_wheel_is_what_is_built_of_the_checkout(
    installed: Installed, tmp_path: Path
) -> None:
    assert installed.apex("pack", "build", tmp_path / "wheel").returncode == 0
    apex = Path(sys.executable).with_name("apex")
    subprocess.run([apex, "pack", "build", tmp_path / "checkout"], check=True)

    theirs, ours = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (tmp_path / "wheel", tmp_path / "checkout")
    )
    assert theirs == ours
    assert Path("apex_guardrails/rules/sql/sql_no_public_ip.py") in ours
    assert not any("__pycache__" in path.parts for path in ours)


def test_a_program_is_judged_without_the_checkout(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: shop\nruntime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {gcp:project: shop}\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi_gcp as gcp\n\n"
        "gcp.sql.DatabaseInstance(\n"
        '    "db",\n'
        '    database_version="POSTGRES_17",\n'
        '    settings={"tier": "db-f1-micro", "ip_configuration": {"ipv4_enabled": True}},\n'
        ")\n"
    )

    ran = installed.apex("preview", "--program", tmp_path, "--stack", "dev")

    assert ran.returncode == 1, ran.stderr
    assert "sql-no-public-ip" in ran.stdout
