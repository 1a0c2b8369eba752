"""The real engine deploys what remedies set, and what else there is comes through unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pulumi_gcp as gcp

from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.settings import SETTINGS_FILE
from tests.engine.harness import PACK, Engine
from tests.policies.judged import Apex, apex, judged

__all__ = ["apex"]

SETTINGS = """
severities: {critical: advisory, high: advisory}
rules:
  storage-uniform-access: {level: mandatory, remediate: true}
  sql-ssl-enforced: {remediate: true}
  labels-required-keys:
    level: mandatory
    remediate: true
    parameters: {keys: [owner], values: {owner: platform}}
reports: {directory: out, formats: [json]}
"""

PROGRAM = """
import pulumi
import pulumi_gcp as gcp

vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)
data = gcp.storage.Bucket(
    "data",
    location="EU",
    website={"main_page_suffix": pulumi.Output.secret("index.html")},
    logging={"log_bucket": vpc.name},
)
gcp.storage.BucketObject(
    "code",
    bucket=data.name,
    source=pulumi.AssetArchive({"main.py": pulumi.StringAsset("print()")}),
)
gcp.sql.DatabaseInstance(
    "db",
    database_version="POSTGRES_17",
    settings={
        "tier": "db-f1-micro",
        "user_labels": {"app": "shop"},
        "ip_configuration": {"ipv4_enabled": False, "private_network": vpc.id},
    },
)
"""


def program() -> None:
    exec(PROGRAM, {"pulumi": pulumi, "gcp": gcp})  # noqa: S102 our own text


def folder(path: Path, settings: str) -> Path:
    made = judged(path, PROGRAM, project="main: __main__.py")
    (made / SETTINGS_FILE).write_text(settings)
    return made


def test_what_is_deployed_is_what_remedies_set(engine: Engine, tmp_path: Path) -> None:
    project = folder(tmp_path / "shop", SETTINGS)
    stack = engine.stack(program, project=project)

    preview = stack.preview(packs=[PACK])

    found = {item.rule for item in preview.violations}
    assert not found & {"storage-uniform-access", "labels-required-keys", "sql-ssl-enforced"}
    bucket: dict[str, Any] = preview.inputs("data")
    assert bucket["uniformBucketLevelAccess"] is True
    assert bucket["labels"] == {"owner": "platform"}
    assert bucket["website"]["mainPageSuffix"] == "[secret]"
    database = preview.inputs("db")["settings"]
    assert database["userLabels"] == {"app": "shop", "owner": "platform"}
    assert database["ipConfiguration"]["sslMode"] == "ENCRYPTED_ONLY"

    run = stack.up(packs=[PACK])
    assert run.succeeded, run.output
    state = stack.state()
    assert '"uniformBucketLevelAccess":true' in state
    assert "index.html" not in state
    # The same again is no change, though the program still says otherwise.
    assert set(stack.up(packs=[PACK]).changes) == {"same"}
    # Without the pack, what the program says is deployed again.
    assert "update" in stack.preview().changes


def test_offline_says_the_same_and_what_differs(engine: Engine, apex: Apex, tmp_path: Path) -> None:
    project = folder(tmp_path / "shop", SETTINGS)
    stack = engine.stack(program, project=project)
    preview = stack.preview(packs=[PACK])
    out = tmp_path / "judgement.json"

    run = apex.writing(project, "preview", "--format", "json", "--output", str(out))

    offline = read_judgement(out)
    assert {item.rule for item in offline.findings} == {item.rule for item in preview.violations}
    assert {(item.rule, item.path, item.before, item.after) for item in offline.remediations} == {
        ("storage-uniform-access", "uniformBucketLevelAccess", "left out", "true"),
        ("labels-required-keys", "labels.owner", "left out", '"platform"'),
        ("labels-required-keys", "settings.userLabels.owner", "left out", '"platform"'),
        ("sql-ssl-enforced", "settings.ipConfiguration.sslMode", "left out", '"ENCRYPTED_ONLY"'),
    }
    assert "remediated by the pack at deployment: Buckets use uniform" in run.out


def test_nothing_is_set_unless_settings_say_so(engine: Engine, tmp_path: Path) -> None:
    stack = engine.stack(program, project=folder(tmp_path / "shop", "version: 1\n"))

    preview = stack.preview(packs=[PACK])

    assert "uniformBucketLevelAccess" not in preview.inputs("data")
    assert "storage-uniform-access" in {item.rule for item in preview.violations}
