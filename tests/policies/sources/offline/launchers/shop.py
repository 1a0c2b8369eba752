"""The shop: one program in several languages, and what it takes to run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.policies.judged import VIRTUALENV, Apex, write

ROOT = Path(__file__).parents[5]
SHOP = ROOT / "tests" / "programs" / "shop"


def not_run(reason: str) -> None:
    """Fails in CI, where everything has to be there; else the test is reported as not run."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@cache
def go_problem() -> str | None:
    """Why the Go shop cannot be built here; `None` once it was: Go keeps what it is made of."""
    if shutil.which("go") is None:
        return "Go program not run: there is no go on PATH"
    built = subprocess.run(
        ["go", "build", "-trimpath=false", "-o", os.devnull, "."],
        cwd=SHOP / "go",
        capture_output=True,
        text=True,
        check=False,
    )
    return f"Go program not run: {built.stderr.strip()}" if built.returncode else None


@dataclass(frozen=True)
class GoPrograms:
    """Go programs with an own cache of executables, and Go's usual one of packages."""

    cache: Path
    packages: str

    def variables(self) -> dict[str, str]:
        """What `apex` is started with."""
        return {"XDG_CACHE_HOME": str(self.cache), "GOCACHE": self.packages}

    def executables(self) -> list[Path]:
        """The executables that were built."""
        return sorted(self.cache.glob("apex-guardrails/go/*/program"))


@pytest.fixture
def go_programs(tmp_path: Path) -> Iterator[GoPrograms]:
    """What Go programs are built with."""
    problem = go_problem()
    if problem:
        not_run(problem)
    packages = subprocess.run(
        ["go", "env", "GOCACHE"], capture_output=True, text=True, check=True
    ).stdout.strip()
    kept = tmp_path / "cache"
    yield GoPrograms(kept, packages)
    # Fifty megabytes for each program, and pytest keeps the folders of three runs.
    shutil.rmtree(kept, ignore_errors=True)


@pytest.fixture(scope="session")
def yaml_host() -> Path:
    """Pulumi's own host of YAML programs."""
    script = ROOT / "scripts" / "pulumi-language-yaml"
    found = subprocess.run([script, "--no-build"], capture_output=True, text=True, check=False)
    if found.returncode:
        not_run(f"YAML program not run: {found.stderr.strip()}")
    return Path(found.stdout.strip())


def with_host(host: Path) -> dict[str, str]:
    """What `apex` is started with."""
    return {"PATH": f"{host.parent}:{VIRTUALENV}/bin:{os.environ['PATH']}"}


def shop(folder: Path, language: str, **files: str) -> Path:
    """A copy of the shop in a language, with some files in place of its own."""
    shutil.copytree(SHOP / language, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return write(folder, files)


def findings(apex: Apex, program: Path, **environment: str) -> set[tuple[str, ...]]:
    """What a program is told: rule, outcome, resource, path."""
    outcome = apex.preview(program, "--format", "json", **environment)
    assert outcome.code == 1, outcome.said[-3000:]
    told = json.loads(outcome.out)["findings"]
    return {
        tuple(str(finding[name]) for name in ("rule", "outcome", "urn", "path")) for finding in told
    }
