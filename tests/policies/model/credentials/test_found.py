"""What is found among realistic names and values, and what stays quiet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.model import Resource, Stack
from policies.model.credentials import SecretConfig
from policies.model.google.shown_inputs import shown
from policies.model.google.shown_outputs import shown_outputs
from policies.provider import resource_type
from policies.sources.wire import WireMapping, write_struct

GENERATED = "q8Xh2b7Vv3Yk1xPz0w5s"
HERE = Path(__file__).parent
NO_CONFIG = SecretConfig()


def lists(name: str) -> tuple[list[tuple[str, str]], list[str]]:
    content = yaml.safe_load((HERE / name).read_text())
    return [(name, value) for name, value in content["variables"]], content["texts"]


HARMLESS, HARMLESS_TEXTS = lists("harmless.yaml")
HARMFUL, HARMFUL_TEXTS = lists("harmful.yaml")

VARIABLES: Mapping[str, tuple[str, Any]] = {
    "function": (
        "gcp:cloudfunctionsv2/function:Function",
        lambda name, value: {"serviceConfig": {"environmentVariables": {name: value}}},
    ),
    "service": (
        "gcp:cloudrunv2/service:Service",
        lambda name, value: {
            "template": {"containers": [{"envs": [{"name": name, "value": value}]}]}
        },
    ),
    "machine": (
        "gcp:compute/instance:Instance",
        lambda name, value: {"metadata": {name: value}},
    ),
    "cluster": (
        "kubernetes:core/v1:Secret",
        lambda name, value: {"stringData": {name: value}},
    ),
    "pod": (
        "kubernetes:core/v1:Pod",
        lambda name, value: {"spec": {"containers": [{"env": [{"name": name, "value": value}]}]}},
    ),
}
TEXTS: Mapping[str, tuple[str, Any]] = {
    "file": ("gcp:storage/bucketObject:BucketObject", lambda text: {"content": text}),
    "script": ("gcp:compute/instance:Instance", lambda text: {"metadataStartupScript": text}),
    "command": ("command:local:Command", lambda text: {"create": text}),
    "arguments": (
        "gcp:cloudrunv2/job:Job",
        lambda text: {"template": {"template": {"containers": [{"args": ["-c", text]}]}}},
    ),
}


def found(
    token: str,
    inputs: Mapping[str, Any],
    *,
    is_message: bool,
    config: SecretConfig = NO_CONFIG,
) -> list[str]:
    stack = Stack("s", "p", secret_config=config)
    resource = Resource(
        f"urn:pulumi:s::p::{token}::n",
        resource_type(token),
        WireMapping(write_struct(inputs)) if is_message else inputs,
        stack,
        property_dependencies={},
        dependencies=(),
    )
    return [item.path for item in shown(resource)]


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
@pytest.mark.parametrize("place", VARIABLES)
def test_harmless_variables_are_quiet(place: str, is_message: bool) -> None:
    token, inputs = VARIABLES[place]
    wrong = [
        (name, value)
        for name, value in HARMLESS
        if found(token, inputs(name, value), is_message=is_message)
    ]
    assert wrong == []


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
@pytest.mark.parametrize("place", VARIABLES)
def test_harmful_variables_are_found_once(place: str, is_message: bool) -> None:
    token, inputs = VARIABLES[place]
    missed = [
        (name, value)
        for name, value in HARMFUL
        if len(found(token, inputs(name, value), is_message=is_message)) != 1
    ]
    assert missed == []


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
@pytest.mark.parametrize("place", TEXTS)
def test_harmless_texts_are_quiet(place: str, is_message: bool) -> None:
    token, inputs = TEXTS[place]
    assert [
        text for text in HARMLESS_TEXTS if found(token, inputs(text), is_message=is_message)
    ] == []


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
@pytest.mark.parametrize("place", TEXTS)
def test_harmful_texts_are_found_once(place: str, is_message: bool) -> None:
    token, inputs = TEXTS[place]
    assert [
        text
        for text in HARMFUL_TEXTS
        if len(found(token, inputs(text), is_message=is_message)) != 1
    ] == []


def of_component(name: str, value: str) -> list[str]:
    component = Resource(
        "urn:pulumi:s::p::acme:index:App::n",
        resource_type("acme:index:App"),
        {name: value},
        Stack("s", "p"),
        custom=False,
    )
    return [item.path for item in shown(component)]


def test_what_a_component_is_handed_is_found_by_its_form_and_not_by_its_name() -> None:
    assert of_component("password", "correct horse") == []
    assert of_component("settings", "sk-" + "a1" * 24) == ["settings"]


def outputs(values: Mapping[str, Any], config: SecretConfig = NO_CONFIG) -> list[str]:
    stack = Stack("s", "p", secret_config=config)
    stack.outputs = Resource(stack.urn, resource_type("pulumi:pulumi:Stack"), values, stack)
    return [path for path, _ in shown_outputs(stack)]


def test_outputs_are_judged_as_inputs_are() -> None:
    assert [pair for pair in HARMLESS if outputs({"all": [{pair[0]: pair[1]}]})] == []
    assert [pair for pair in HARMFUL if not outputs({"all": [{pair[0]: pair[1]}]})] == []
    assert [text for text in HARMLESS_TEXTS if outputs({"text": text})] == []
    assert [text for text in HARMFUL_TEXTS if not outputs({"text": text})] == []


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
def test_no_path_shows_a_secret_that_is_a_name(is_message: bool) -> None:
    config = SecretConfig({"p:key": 'p@ss/w"rd-1'})
    labels = {"labels": {'p@ss/w"rd-1': "a", "other": "b"}}
    token = "gcp:storage/bucket:Bucket"
    assert found(token, labels, is_message=is_message, config=config) == ["labels"]
    assert outputs({"users": labels}, config) == ["users.labels"]


@pytest.mark.parametrize("is_message", [True, False], ids=["message", "state"])
@pytest.mark.parametrize(
    "made",
    [
        *(GENERATED.upper(), GENERATED.lower(), GENERATED[::-1]),
        *(GENERATED.encode().hex(), GENERATED.encode().hex().upper()),
        *(GENERATED[2:], GENERATED[:-4], GENERATED[2:-2]),
    ],
)
def test_what_is_made_of_secret_config_shows_it(made: str, is_message: bool) -> None:
    config = SecretConfig({"p:key": GENERATED})
    inputs = {"content": f"is {made}."}
    token = "gcp:storage/bucketObject:BucketObject"
    assert found(token, inputs, is_message=is_message, config=config) == ["content"]
    assert outputs(inputs, config) == ["content"]


@pytest.mark.parametrize("value", ["internal.example.org", "acme-prod-europe-1", "admin"])
def test_most_of_a_name_is_another_name(value: str) -> None:
    config = SecretConfig({"p:key": value})
    for text in (value[2:], value[:-2], value[::-1], value.upper() if len(value) < 8 else ""):
        inputs = {"content": text}
        assert (
            found("gcp:storage/bucketObject:BucketObject", inputs, is_message=True, config=config)
            == []
        )
