"""The extension for VS Code is built as its page says, and starts the language server."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.policies.judged import command
from tests.policies.our_stacks import ROOT
from tests.policies.sources.offline.launchers.shop import not_run

pytestmark = pytest.mark.no_cover

EXTENSION = ROOT / "editors" / "vscode"
HEADLESS = Path(__file__).with_name("headless.js")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's folder, built."""
    if shutil.which("npm") is None:
        not_run("VS Code extension not built: there is no npm on PATH")
    folder = tmp_path_factory.mktemp("vscode") / "extension"
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    for step in (
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        ["run", "check"],
        ["run", "build"],
    ):
        done = subprocess.run(
            ["npm", *step], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def activated(folder: Path, server: str, changes: int = 0) -> dict[str, list[str]]:
    """What the bundle does where there is no VS Code."""
    done = subprocess.run(
        ["node", HEADLESS, folder / "dist" / "extension.js", server, "dev", str(changes)],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_it_starts_the_server_which_offers_its_commands(built: Path) -> None:
    said = activated(built, command()[0])
    assert said["exports"] == ["activate", "deactivate"]
    assert said["commands"] == ["apex.restart", "apex.explain"]
    assert said["errors"] == []


def test_settings_that_change_while_it_starts_leave_one_server(built: Path) -> None:
    said = activated(built, command()[0], changes=3)
    assert said["servers"] == ["2", "1"]
    assert said["errors"] == []


def test_where_the_server_cannot_be_started_it_says_how_to_get_it(built: Path) -> None:
    said = activated(built, "/nowhere/apex")
    assert 'pip install "apex-guardrails[lsp]"' in said["errors"][-1]


def test_its_manifest_asks_for_a_trusted_workspace_and_ships_what_it_names() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert manifest["capabilities"]["untrustedWorkspaces"]["supported"] is False
    assert manifest["main"] == "./dist/extension.js"
    locked = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert locked["packages"][""]["dependencies"] == manifest["dependencies"]
    assert not any("resolved" in package for package in locked["packages"].values())
    assert (EXTENSION / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
