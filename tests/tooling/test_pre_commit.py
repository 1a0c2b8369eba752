"""The hooks for other repositories."""

import shlex
import subprocess
import sys

import yaml
from typer.testing import CliRunner

from policies.cli import app
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
