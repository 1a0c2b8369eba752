"""Every source knows what another provider's resources are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apex_guardrails.model import Stack
from apex_guardrails.sources.state import read_state
from tests.policies.sources.previews.files import digest, events, step, told
from tests.policies.state_files import exported, resource, root, written

TOKEN = "kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance"
INPUTS = {"metadata": {"name": "db"}, "spec": {"databaseVersion": "POSTGRES_17"}}


def of_state(folder: Path) -> Stack:
    state = exported(root(), resource(TOKEN, "db", INPUTS))
    return read_state(written(folder / "state.json", state)).stack


def of_preview(folder: Path) -> Stack:
    return told(folder, digest(step(TOKEN, "db", INPUTS))).stack


def of_events(folder: Path) -> Stack:
    return told(folder, events(step(TOKEN, "db", INPUTS))).stack


@pytest.mark.parametrize("read", [of_state, of_preview, of_events])
def test_a_manifest_is_a_database(read: Callable[[Path], Stack], tmp_path: Path) -> None:
    stack = read(tmp_path)
    [database] = stack.of_type("gcp:sql/databaseInstance:DatabaseInstance")
    [manifest] = stack.of_type(TOKEN)

    assert manifest.equivalent is database
    assert database.urn == manifest.urn
    assert [item.urn for item in stack if item is database] == []
    assert dict(database.value) == {"databaseVersion": "POSTGRES_17", "name": "db"}


def test_what_takes_its_place_takes_its_equivalent_s(tmp_path: Path) -> None:
    stack = of_preview(tmp_path)
    [manifest] = stack.of_type(TOKEN)
    manifest.value = {**INPUTS, "spec": {"databaseVersion": "MYSQL_8_4"}}
    stack.add(manifest)

    [database] = stack.of_type("gcp:sql/databaseInstance:DatabaseInstance")
    assert database.get("databaseVersion") == "MYSQL_8_4"
