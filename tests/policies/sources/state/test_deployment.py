"""The envelope of a state, and what is no state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.sources.state import read_state
from apex_guardrails.wire import SECRET, SIGNATURE
from tests.policies.sources.state.reading import refused
from tests.policies.state_files import (
    NETWORK,
    exported,
    resource,
    root,
    urn,
    written,
)


def test_a_checkpoint_of_the_file_backend(tmp_path: Path) -> None:
    latest = exported(root("dev"), resource(NETWORK, "vpc"))["deployment"]
    document = {"version": 3, "checkpoint": {"stack": "organization/judged/dev", "latest": latest}}
    found = read_state(written(tmp_path / "x.json", document))
    assert [item.name for item in found.stack] == ["judged-dev", "vpc"]
    document["checkpoint"] = {"stack": "organization/judged/empty"}
    assert read_state(written(tmp_path / "x.json", document)).stack.name == "empty"


def test_features_that_nobody_knows_are_noted(tmp_path: Path) -> None:
    document = {**exported(version=4), "features": ["views", "telepathy"]}
    notes = read_state(written(tmp_path / "dev.json", document)).notes
    assert "the state uses features that apex does not know (telepathy) and may be misread" in notes


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ([], "a list"),
        ("text", "a text"),
        (None, "nothing"),
        (3, "a number"),
        ({}, "an empty object"),
        ({"a": 1, "b": 2}, "an object with the keys a, b"),
        ({"manifest": {}, "resourcePlans": {}}, "a plan of `pulumi preview --save-plan`"),
        ({"version": 1, "plan": {}}, "a plan of `pulumi preview --save-plan`"),
        ({"steps": [], "changeSummary": {}}, "the output of `pulumi preview --json`"),
        ({"format_version": "1.2", "planned_values": {}}, "a Terraform plan"),
        ({"version": 4, "terraform_version": "1.9", "resources": []}, "a state of Terraform"),
        ({"manifest": {}, "resources": []}, "a deployment without the envelope"),
        ({"deployment": {}}, "an object with a deployment and without its version"),
        ({SIGNATURE: SECRET, "ciphertext": "x"}, "one of Pulumi's special values"),
    ],
)
def test_something_else_is_named(tmp_path: Path, document: Any, what: str) -> None:
    said = refused(written(tmp_path / "x.json", document))
    assert said.startswith(f"{tmp_path}/x.json: is {what}")
    assert "not a stack's state; write one with: pulumi stack export" in said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"version": 3}, "has neither resources nor the manifest that even an empty stack has"),
        ({"version": 3, "deployment": {}}, "has neither resources nor the manifest"),
        ({"version": 3, "checkpoint": None}, "has neither resources nor the manifest"),
        ({"version": 3, "checkpoint": {"latest": None}}, "has neither resources nor"),
        (
            {"version": 3, "deployment": {"manifest": {}, "Resources": []}},
            'deployment: Resources: no such key in a state, did you mean "resources"?',
        ),
        (
            {"version": 3, "deployment": {"manifest": {}, "recources": []}},
            'deployment: recources: no such key in a state, did you mean "resources"?',
        ),
        (
            {"version": 3, "checkpoint": {"stack": "x", "Latest": {}}},
            'checkpoint: Latest: no such key in a state, did you mean "latest"?',
        ),
        (
            {"version": 3, "deployment": {"manifest": {}}, "Deployment": {}},
            'Deployment: no such key in a state, did you mean "deployment"?',
        ),
    ],
)
def test_a_state_that_is_not_whole_is_not_an_empty_one(
    tmp_path: Path, document: Any, said: str
) -> None:
    assert f"{tmp_path}/x.json: {said}" in refused(written(tmp_path / "x.json", document))


def test_a_version_that_is_too_new(tmp_path: Path) -> None:
    said = refused(written(tmp_path / "x.json", exported(version=5)))
    assert "x.json: is a state of version 5; the newest that apex knows is 4" in said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (exported(3), ": resources[0]: expected an object, not a number"),
        (exported({}), ": resources[0]: urn: expected a text, not nothing"),
        (exported({"urn": "x"}), ": resources[0]: urn: 'x' is not a URN"),
        (exported({"urn": "urn:pulumi:\n::a::b"}), "urn: 'urn:pulumi:\\n::a::b' is not a URN"),
        (exported(resources={}), ": deployment: resources: expected a list, not an object"),
        (exported(pending_operations=1), ": deployment: pending_operations: expected a list"),
        ({"version": 3, "deployment": []}, ": deployment: expected an object, not a list"),
        ({"version": 3, "checkpoint": []}, ": checkpoint: expected an object, not a list"),
        ({"version": 3, "checkpoint": {"stack": 1}}, ": checkpoint: stack: expected a text"),
        ({"version": 4, "features": "x", "deployment": {}}, ": features: expected a list, not"),
        ({"version": "3", "deployment": {}}, ": version: expected a whole number from 1 on, not a"),
        ({"version": True, "deployment": {}}, ": version: expected a whole number from 1 on"),
        (
            {**exported(), "checkpoint": {"stack": "x", "latest": {"manifest": {}}}},
            ": has both a checkpoint and a deployment, and only one of them would be read",
        ),
        (
            exported(resource(NETWORK, "a"), resource(NETWORK, "a")),
            f": resources[1]: a second resource with the URN {urn(NETWORK, 'a')}",
        ),
    ],
)
def test_a_wrong_form_names_the_place(tmp_path: Path, document: Any, said: str) -> None:
    assert said in refused(written(tmp_path / "x.json", document))
