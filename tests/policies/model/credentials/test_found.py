"""What is found among realistic names and values, and what stays quiet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from apex_guardrails.model import UNKNOWN, Resource, Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.credentials.texts import sets_credential
from apex_guardrails.provider import resource_type
from apex_guardrails.rules.families.shown_inputs import find_shown
from apex_guardrails.rules.families.shown_outputs import shown_outputs
from apex_guardrails.wire import WireMapping, write_struct

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
    return [item.path for item in find_shown(resource)]


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


GIVEN: Mapping[str, list[Any]] = {
    "mongosh": ["mongosh", "-u", "root", "-p", "correct-h0rse"],
    "redis-cli": ["redis-cli", "-h", "10.0.0.9", "-a", "correct-h0rse"],
    "mysql": ["mysql", "-uroot", "-pcorrect-h0rse"],
    "sqlcmd": ["sqlcmd", "-S", "10.0.0.3", "-U", "sa", "-P", "correct-h0rse"],
    "cypher-shell": ["cypher-shell", "-u", "neo4j", "-p", "correct-h0rse"],
    "curl": ["curl", "-u", "admin:correct-h0rse", "https://example.org"],
    "docker": ["docker", "login", "-u", "bot", "-p", "correct-h0rse"],
    "httpie": ["http", "-a", "admin:correct-h0rse", "example.org"],
    "unknown": ["redis-cli", "-a", UNKNOWN],
}


def of_job(**container: Any) -> list[list[str]]:
    """Where it is, in a message and in a state."""
    inputs = {"template": {"template": {"containers": [container]}}}
    return [
        [
            path.removeprefix("template.template.containers[0].")
            for path in found("gcp:cloudrunv2/job:Job", inputs, is_message=is_message)
        ]
        for is_message in (True, False)
    ]


@pytest.mark.parametrize("words", GIVEN.values(), ids=GIVEN)
def test_a_password_in_a_list_of_arguments_is_found_once(words: list[Any]) -> None:
    at = next(index for index, word in enumerate(words) if word is UNKNOWN or "correct" in word)
    assert of_job(commands=words) == [[f"commands[{at}]"]] * 2
    assert of_job(commands=words[:1], args=words[1:]) == [[f"args[{at - 1}]"]] * 2


def test_an_image_says_which_program_its_arguments_are_for() -> None:
    arguments = ["-u", "admin:correct-h0rse", "https://example.org"]
    image = "docker.io/curlimages/curl:8.10.1@sha256:" + "a" * 64
    assert of_job(image=image, args=arguments) == [["args[1]"]] * 2
    assert of_job(image="example.org/worker", args=arguments) == [[]] * 2
    # A command stands in place of the image's own.
    assert of_job(image=image, commands=["/worker"], args=arguments) == [[]] * 2


def test_the_steps_of_a_build_are_looked_at() -> None:
    step = {"name": "gcr.io/cloud-builders/docker", "args": ["login", "-p", "correct-h0rse"]}
    shell = {"name": "ubuntu", "entrypoint": "redis-cli", "args": ["-a", "correct-h0rse", "ping"]}
    token = "gcp:cloudbuild/trigger:Trigger"
    for is_message in (True, False):
        assert found(token, {"build": {"steps": [step, shell]}}, is_message=is_message) == [
            "build.steps[0].args[2]",
            "build.steps[1].args[1]",
        ]


@pytest.mark.parametrize(
    "words",
    [
        ["docker", "run", "-p", "8080:80", "redis"],
        ["docker", "login", "-u", "bot", "--password-stdin"],
        ["curl", "-u", "admin:$PASSWORD", "https://example.org"],
        ["curl", "-fsS", "https://example.org"],
        ["mysql", "-p", "shop"],
        ["mysql", "-h", "10.0.0.3", "-P", "3306"],
        # A port is in upper case.
        ["mysqldump", "-h", "10.0.0.3", "-P3306", "shop"],
        ["mariadb", "-h", "10.0.0.3", "-P3306", "shop"],
        ["psql", "-p", "5432"],
        ["mongosh", "--port", "27017"],
        ["ssh", "-p", "2222", "app@example.org"],
        ["redis-cli", "-a", "$(REDIS_AUTH)"],
        ["psql", "-U", UNKNOWN],
        ["sh", "-c", "curl https://example.org"],
    ],
)
def test_other_arguments_are_quiet(words: list[Any]) -> None:
    assert of_job(image="docker", commands=words) == [[]] * 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("-Dspring.datasource.password=correct-h0rse", "spring.datasource.password"),
        ("-Xmx1g -Ddb.password=correct-h0rse", "db.password"),
        ("--Dev.password=correct-h0rse", "Dev.password"),
        ("Ddb.password=correct-h0rse", "Ddb.password"),
    ],
)
def test_a_property_is_called_what_java_calls_it(text: str, name: str) -> None:
    assert sets_credential(text) == name


def of_component(name: str, value: str) -> list[str]:
    component = Resource(
        "urn:pulumi:s::p::acme:index:App::n",
        resource_type("acme:index:App"),
        {name: value},
        Stack("s", "p"),
        custom=False,
    )
    return [item.path for item in find_shown(component)]


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
