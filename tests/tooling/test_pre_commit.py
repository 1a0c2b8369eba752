"""The hooks for other repositories."""

import re
import shlex
import subprocess
import sys

import pytest
import yaml
from typer.testing import CliRunner

from apex_guardrails.cli import app
from tests.tooling.conftest import ROOT

MANIFEST = ROOT / ".pre-commit-hooks.yaml"


def test_pre_commit_takes_the_manifest() -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)], check=True
    )


def test_each_hook_is_a_command_of_apex() -> None:
    hooks = yaml.safe_load(MANIFEST.read_text())
    assert hooks
    for hook in hooks:
        program, *arguments = shlex.split(hook["entry"])
        assert program == "apex"
        assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("infra/network.py", ["apex-preview"]),
        ("index.ts", ["apex-preview"]),
        ("infra/Pulumi.yaml", ["apex-preview"]),
        ("Pulumi.dev.yaml", ["apex-preview"]),
        ("policy-pack.yaml", ["apex-preview", "apex-waivers"]),
        ("README.md", []),
        ("my-policy-pack.yaml", []),
    ],
)
def test_a_commit_runs_the_hooks_that_it_concerns(path: str, hooks: list[str]) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text())
    assert [hook["id"] for hook in manifest if re.search(hook["files"], path)] == hooks
