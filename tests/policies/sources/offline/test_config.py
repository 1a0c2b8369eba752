"""Stack names, config texts and URNs, whatever people write."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apex_guardrails.model import Stack, type_of
from apex_guardrails.sources.offline.functions import Functions
from apex_guardrails.sources.offline.monitor import Monitor
from apex_guardrails.sources.offline.positions import Positions
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from apex_guardrails.support.errors import UsageError
from tests.policies.judged import project_file, write

SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
PLAIN = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
DATA = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder() -> Any:
    with tempfile.TemporaryDirectory() as path:
        yield write(Path(path), {"Pulumi.yaml": project_file(), "Pulumi.dev.yaml": ""})


@SLOW
@given(st.text(max_size=20) | st.from_regex(r"[\w./\\ -]{0,12}"))
@example("dev/../dev")
@example("dev\x00")
@example("..")
def test_a_stack_name_is_a_file_in_the_folder_or_an_error(folder: Path, name: str) -> None:
    project = load_project(folder)
    if name == "dev":
        assert project.stack_file(name) == folder.resolve() / "Pulumi.dev.yaml"
    else:
        with pytest.raises(UsageError, match=r"\A.*\Z"):
            project.stack_file(name)


@SLOW
@given(st.dictionaries(KEYS, DATA, max_size=4))
def test_every_value_reaches_the_program_as_text_or_json(
    folder: Path, config: dict[str, Any]
) -> None:
    write(folder, {"Pulumi.dev.yaml": yaml.safe_dump({"config": config}, allow_unicode=True)})
    read = load_config(load_project(folder), "dev")
    assert not read.secrets
    assert read.values.keys() == {f"judged:{key}" for key in config}
    for key, value in config.items():
        text = read.values[f"judged:{key}"]
        assert text == value if isinstance(value, str) else json.loads(text) == value


@settings(SLOW, max_examples=200)
@given(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
    | st.binary(max_size=60).map(lambda data: data.decode("latin-1"))
)
@example("config:\n  a: \x1f")
@example("? [a]: b")
@example("!!timestamp x")
@example("!!int x")
@example("!!float x")
@example("!!bool x")
@example("&a a: *a")
@example("<<: 1")
@example("<<: [1]")
@example("!!binary x")
@example("!!set {a}")
@example("!!omap [a]")
@example("config: !!pairs [a: b]")
@example("config: !!binary aGk=")
@example("config: {1: 2}")
@example("config: {a: .inf}")
@example("config: {a: !!float 1e999}")
def test_any_text_is_a_stack_file_or_a_clear_error(folder: Path, text: str) -> None:
    (folder / "Pulumi.dev.yaml").write_text(text, "utf-8")
    try:
        load_config(load_project(folder), "dev")
    except UsageError as error:
        violation = str(error)
    else:
        violation = f"{folder.resolve()}/Pulumi.dev.yaml"
    assert violation.startswith(f"{folder.resolve()}/Pulumi.dev.yaml")


TOKENS = st.from_regex(r"[a-z]{1,4}:[a-z/]{1,6}:[A-Z][a-zA-Z]{0,4}", fullmatch=True)


@given(st.lists(st.tuples(TOKENS, PLAIN.filter(bool)), min_size=1, max_size=4))
def test_a_urn_is_qualified_by_every_component_above(chain: list[tuple[str, str]]) -> None:
    monitor = Monitor(Stack("dev", "p"), {}, (), Functions({}, ()), Positions(Path("/nowhere")))
    parent = monitor._urn("", "pulumi:pulumi:Stack", "p-dev")
    for token, name in chain:
        parent = monitor._urn(parent, token, name)
        assert type_of(parent) == token
    qualified = "$".join(token for token, _ in chain)
    assert parent == f"urn:pulumi:dev::p::{qualified}::{chain[-1][1]}"
