"""A program in YAML gives the same findings through the engine, which has its host run it, too."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from apex_guardrails.settings import SETTINGS_FILE
from apex_guardrails.sources.offline.launchers.host_schemas import Mentioned
from tests.engine.harness import PACK, Engine
from tests.engine.provider.server import Provider
from tests.engine.test_parity import ALL_ADVICE, offline, through_the_engine, write
from tests.policies.sources.offline.launchers.shop import SHOP, yaml_host

__all__ = ["yaml_host"]

pytestmark = pytest.mark.no_cover


def test_the_shop(
    engine: Engine,
    provider: Provider,
    tmp_path: Path,
    yaml_host: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "program"
    shutil.copytree(SHOP / "yaml", program)
    settings = write(program / SETTINGS_FILE, {"rules": ALL_ADVICE})
    monkeypatch.setenv("PATH", str(yaml_host.parent), prepend=os.pathsep)
    offline_findings = offline(program, "dev", settings)

    text = (program / "Pulumi.yaml").read_text()
    monkeypatch.setattr(provider, "schema", json.dumps(Mentioned.in_text(text).schema("gcp")))
    secrets = {"database-password": "a value nobody would write by chance"}
    stack = engine.in_folder(program, secrets, yaml_host)
    engine_findings = through_the_engine(stack.preview(packs=[PACK]))

    assert offline_findings == engine_findings
    assert {rule for rule, *_ in engine_findings} >= {
        "sql-no-public-ip",
        "sql-user-password-not-literal",
    }
