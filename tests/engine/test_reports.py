"""`pulumi preview` leaves the reports that the settings name."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi_gcp as gcp
import yaml

from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.settings import ReportFormat
from tests.engine.harness import PACK, Engine

SETTINGS = {"reports": {"directory": "build/apex"}}


def judged(folder: Path) -> Path:
    (folder / "program").mkdir(parents=True)
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    project = {"name": "shop", "runtime": runtime, "main": "program/main.py"}
    (folder / "program/main.py").touch()
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"gcp:project": "p"}}))
    (folder / "policy-pack.yaml").write_text(yaml.safe_dump(SETTINGS))
    return folder


def network() -> None:
    gcp.compute.Network("vpc", auto_create_subnetworks=True)


def failing() -> None:
    network()
    raise ValueError


def left_in(tmp_path: Path) -> Judgement:
    [folder] = tmp_path.glob("*/work/build/apex")
    assert len(list(folder.iterdir())) == len(ReportFormat)
    return read_judgement(folder / "shop.dev.json")


def test_a_preview_leaves_whole_reports(engine: Engine, tmp_path: Path) -> None:
    stack = engine.stack(network, project=judged(tmp_path / "shop"))
    run = stack.preview(packs=[PACK])

    left = left_in(tmp_path)
    assert left.source is Source.ENGINE
    assert left.is_complete
    assert (left.project, left.stack) == ("shop", "dev")
    assert left.project_file == "Pulumi.yaml"
    assert left.settings.file == "policy-pack.yaml"
    assert {item.name for item in left.resources if item.is_deployed} == {"vpc"}
    # Everything that the engine told its user, and nothing else.
    assert left.findings
    assert {(item.rule, item.urn) for item in left.findings} == {
        (item.rule, item.urn) for item in run.violations
    }


def test_a_program_that_fails_leaves_incomplete_ones(engine: Engine, tmp_path: Path) -> None:
    stack = engine.stack(failing, project=judged(tmp_path / "shop"))
    run = stack.preview(packs=[PACK])

    assert not run.succeeded
    left = left_in(tmp_path)
    assert not left.is_complete
    assert left.verdict is Verdict.INCOMPLETE
