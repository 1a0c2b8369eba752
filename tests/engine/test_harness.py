"""The harness itself: what a policy pack reports, and what happens without the Pulumi CLI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pulumi_gcp as gcp
import pytest

from tests.engine.harness import ROOT, Engine

PULUMI_POLICY = f"""\
name: no-default-networks
version: 0.0.1
runtime:
  name: python
  options:
    virtualenv: {sys.prefix}
"""

MAIN = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def check(args, report_violation):
    if args.props.get("autoCreateSubnetworks"):
        report_violation("it creates a subnet in every region")

PolicyPack(
    "no-default-networks",
    policies=[ResourceValidationPolicy("no-auto-subnets", "No automatic subnets.", check)],
    enforcement_level=EnforcementLevel.MANDATORY,
)
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text(PULUMI_POLICY)
    (folder / "__main__.py").write_text(MAIN)
    return folder


def test_a_pack_fails_a_preview_and_names_rule_and_resource(engine: Engine, pack: Path) -> None:
    stack = engine.stack(lambda: gcp.compute.Network("wide"))

    run = stack.preview(packs=[pack])

    assert not run.succeeded
    [violation] = run.violations
    assert violation.rule == "no-auto-subnets"
    assert violation.urn == "urn:pulumi:dev::test::gcp:compute/network:Network::wide"
    assert violation.level == "mandatory"
    assert "it creates a subnet in every region" in violation.message


def test_a_pack_without_violations_lets_the_program_pass(engine: Engine, pack: Path) -> None:
    stack = engine.stack(lambda: gcp.compute.Network("narrow", auto_create_subnetworks=False))

    run = stack.up(packs=[pack])

    assert run.succeeded, run.output
    assert run.violations == []


SAMPLE = """\
def test_of_the_engine(engine):
    raise AssertionError("not reached")
"""


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_the_cli_the_last_lines_say_why(tmp_path: Path, ci: str, outcome: str) -> None:
    shutil.copytree(ROOT / "tests/engine", tmp_path / "tests/engine")
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    (tmp_path / "tests/engine/test_sample.py").write_text(SAMPLE)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/pulumi-cli", tmp_path / "scripts")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/dirname").symlink_to(shutil.which("dirname") or "")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "tests/engine/test_sample.py"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path / "bin"), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )

    *_, reason, closing = ran.stdout.splitlines()
    assert "engine test not run: pulumi-cli: no Pulumi CLI on PATH or in .tools" in reason
    assert outcome in closing
