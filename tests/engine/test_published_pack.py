"""The pack as it is published: a folder under another name, configured by a policy group."""

from __future__ import annotations

import json
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

from apex_guardrails.pack.folder import build
from apex_guardrails.settings import SETTINGS_FILE
from tests.engine.harness import Engine, Run
from tests.policies.judged import write

PROGRAM = """
import pulumi

class Bucket(pulumi.CustomResource):
    def __init__(self, name, labels):
        inputs = {"location": "US", "labels": labels}
        super().__init__("gcp:storage/bucket:Bucket", name, inputs)

Bucket("data", {"owner": "platform"})
"""
RULE = "labels-required-keys"


def register() -> None:
    """The program of `PROGRAM`."""
    exec(PROGRAM, {})  # noqa: S102 a program in a text


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the CLI unpacks it, with an environment that has what it needs, and no checkout."""
    folder = tmp_path_factory.mktemp("packs") / "guard-from-the-cloud"
    build(folder)
    venv.create(folder / "venv", with_pip=False)
    [site] = folder.glob("venv/lib/python*/site-packages")
    # Of a folder that a .pth file names no further ones are read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def preview(engine: Engine, folder: Path, pack: Path, settings: str, config: object = None) -> Run:
    project = write(
        folder / "project",
        {
            "Pulumi.yaml": yaml.safe_dump(
                {"name": "shop", "runtime": "python", "main": "program/main.py"}
            ),
            "Pulumi.dev.yaml": "config: {gcp:project: a-project}\n",
            "program/main.py": PROGRAM,
            SETTINGS_FILE: settings,
        },
    )
    configs = []
    if config is not None:
        file = folder / "policy-config.json"
        file.write_text(json.dumps(config))
        configs.append(file)
    return engine.stack(register, project=project).preview(packs=[pack], configs=configs)


def test_what_settings_say_stays_where_nothing_is_configured(
    engine: Engine, tmp_path: Path, pack: Path
) -> None:
    settings = f"rules: {{{RULE}: {{level: mandatory, parameters: {{keys: [cost-center]}}}}}}\n"

    run = preview(engine, tmp_path, pack, settings)

    [found] = [item for item in run.blocking if item.rule == RULE]
    assert "cost-center" in found.message


def test_a_policy_group_overrides_them(engine: Engine, tmp_path: Path, pack: Path) -> None:
    settings = f"rules: {{{RULE}: {{level: mandatory, parameters: {{keys: [cost-center]}}}}}}\n"
    config = {RULE: {"enforcementLevel": "advisory", "keys": ["team"]}}

    run = preview(engine, tmp_path, pack, settings, config)

    [found] = [item for item in run.violations if item.rule == RULE]
    assert found.level == "advisory"
    assert "team" in found.message
    assert "cost-center" not in found.message


def test_the_engine_refuses_what_a_rule_cannot_be_given(
    engine: Engine, tmp_path: Path, pack: Path
) -> None:
    run = preview(engine, tmp_path, pack, "version: 1\n", {RULE: {"keys": "team"}})

    assert not run.succeeded
    assert f"{RULE}: keys: Invalid type. Expected: array, given: string" in run.output
