"""A state becomes the stack that it describes."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.sources.state import read_state
from tests.policies.sources.state.reading import PROVIDER, state
from tests.policies.state_files import (
    FIREWALL,
    NETWORK,
    OPEN,
    resource,
    root,
    written,
)


def test_resources_are_what_they_are_in_the_program(tmp_path: Path) -> None:
    component = resource("acme:index:Network", "net", custom=False, provider=None)
    provider = resource(PROVIDER, "default", {"defaultLabels": '{"a": "b"}', "__internal": {}})
    vpc = resource(
        NETWORK,
        "vpc",
        {"name": "vpc", "__defaults": ["name"], "a": [{"__defaults": [], "b": 1}]},
        parent=component["urn"],
        protect=True,
        provider=f"{provider['urn']}::{provider['id']}",
    )
    rule = resource(
        FIREWALL,
        "open",
        OPEN,
        dependencies=[vpc["urn"]],
        propertyDependencies={"network": [vpc["urn"]], "allows": None},
    )
    stack = state(tmp_path, root(url="https://x"), component, provider, vpc, rule).stack

    assert (stack.name, stack.project, stack.has_config) == ("dev", "judged", False)
    assert stack.outputs is not None
    assert stack.outputs.get("url") == "https://x"
    [network] = stack.of_type(NETWORK)
    [firewall] = stack.of_type(FIREWALL)
    # What the provider filled in is no input.
    assert network.value == {"name": "vpc", "a": [{"b": 1}]}
    assert network.outputs == {"name": "vpc", "a": [{"b": 1}]}
    assert network.is_protected
    assert not firewall.is_protected
    assert network.parent == component["urn"]
    assert network.provider_input("defaultLabels") == {"a": "b"}
    assert firewall.provider == {}
    assert firewall.dependencies == {vpc["urn"]}
    assert list(firewall.referred("network", NETWORK)) == [network]
    assert firewall.refers_to("network", NETWORK)
    assert not firewall.refers_to("allows", NETWORK)
    assert not stack.resources[component["urn"]].custom


def test_one_of_two_providers_with_a_name_is_the_one_with_the_id(tmp_path: Path) -> None:
    old = resource(PROVIDER, "p", {"project": "old"}, id="1", delete=True)
    new = resource(PROVIDER, "p", {"project": "new"}, id="2")
    reference = {"provider": f"{new['urn']}::2"}
    [network] = state(tmp_path, old, new, resource(NETWORK, "n", **reference)).stack.of_type(
        NETWORK
    )
    assert network.provider == {"project": "new"}


def test_what_does_not_exist_as_it_stands_there_is_left_out_and_noted(tmp_path: Path) -> None:
    found = state(
        tmp_path,
        resource(NETWORK, "vpc"),
        resource(NETWORK, "vpc", delete=True),
        resource(NETWORK, "read", external=True),
        resource(NETWORK, "read too", external=True),
        resource("pulumi:pulumi:StackReference", "other", external=True),
        resource(NETWORK, "replaced", pendingReplacement=True),
        pending_operations=[{"resource": resource(NETWORK, "half"), "type": "creating"}],
    )
    assert [item.name for item in found.stack] == ["vpc"]
    assert found.stack.read == {NETWORK: 2}
    assert found.notes[0].endswith("dev.json, of 2026-11-25T12:00:00Z")
    assert found.notes[1:] == [
        (
            "1 operation of an interrupted update: what came of it is not in the state "
            "(pulumi refresh)"
        ),
        "not evaluated: 1 resource that the next update deletes",
        "not evaluated: 1 resource deleted already, that the next update creates again",
    ]


@pytest.mark.parametrize(
    "document",
    [
        # A stack that was never updated, and one that was destroyed.
        {"version": 3, "deployment": None},
        {"version": 3, "deployment": {"manifest": {"time": 3}}},
        {"version": 3, "deployment": {"manifest": {}, "resources": None}},
        {"version": 4, "features": [], "deployment": {"resources": []}},
        {"version": 3, "checkpoint": {"latest": {"manifest": {}}}},
    ],
)
def test_a_stack_without_resources_has_the_name_of_its_file(tmp_path: Path, document: Any) -> None:
    found = read_state(written(tmp_path / "production.json", document))
    assert list(found.stack) == []
    assert (found.stack.name, found.stack.project) == ("production", "")


def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path) -> None:
    assert gc.isenabled()
    state(tmp_path)
    assert gc.isenabled()
    gc.disable()
    try:
        state(tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()
