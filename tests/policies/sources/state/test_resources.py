"""The resources of a state, and what is said of those with a wrong form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.policies.sources.state.reading import refused, state
from tests.policies.state_files import (
    FIREWALL,
    NETWORK,
    OPEN,
    encrypted,
    exported,
    in_clear,
    resource,
    root,
    urn,
    written,
)


def test_the_type_is_the_last_one_in_the_urn(tmp_path: Path) -> None:
    inside = {
        "urn": f"urn:pulumi:dev::judged::acme:index:C${NETWORK}::vpc",
        "type": NETWORK,
        "custom": True,
    }
    [found] = state(tmp_path, inside).stack
    assert found.type.token == NETWORK
    assert found.value == {}


def test_what_an_older_provider_deployed_is_read_as_todays(tmp_path: Path) -> None:
    token = "gcp:alloydb/cluster:Cluster"
    vpc = resource(NETWORK, "vpc")
    older = {"network": vpc["urn"], "location": "us-central1"}
    cluster = resource(token, "c", older, propertyDependencies={"network": [vpc["urn"]]})
    [found] = state(tmp_path, vpc, cluster).stack.of_type(token)
    assert found.get("networkConfig.network") == vpc["urn"]
    assert found.refers_to("networkConfig.network", NETWORK)
    assert found.serialized is not None


def test_every_key_of_every_version_of_pulumi_is_known(tmp_path: Path) -> None:
    of_old = {"defaults": {"a": 1}, "initErrors": ["e"]}
    of_new = {"taint": True, "hideDiff": ["a"], "replacementTrigger": {"any": 1}, "snippetID": "s"}
    assert state(tmp_path, resource(NETWORK, "a", **of_old, **of_new)).notes == [
        f"the state in {tmp_path}/dev.json, of 2026-11-25T12:00:00Z"
    ]


def test_a_key_that_only_a_newer_pulumi_can_have_written_is_noted(tmp_path: Path) -> None:
    broken = resource(NETWORK, "a", quantumState="x", **{"b\n": 1})
    notes = state(tmp_path, broken, resource(NETWORK, "b", quantumState="y"), outlook={}).notes
    assert notes[1:] == [
        "the state uses features that apex does not know (outlook) and may be misread",
        "the state uses features that apex does not know ('b\\n', quantumState) and may be misread",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Custom": True}, ': Custom: no such key in a state, did you mean "custom"?'),
        ({"Inputs": {}}, ': Inputs: no such key in a state, did you mean "inputs"?'),
        ({"property_dependencies": {}}, ": property_dependencies: no such key in a state, did you"),
        ({"inputs": None, "input": {}}, None),
        ({"type": FIREWALL}, f": type: is {FIREWALL}, which is not the type in the URN"),
        ({"type": NETWORK.lower()}, f": type: is {NETWORK.lower()}, which is not the type in"),
        ({"type": None}, ": type: expected a text, not nothing"),
        ({"custom": None}, ": custom: expected true or false, not nothing"),
    ],
)
def test_what_would_leave_a_resource_unread_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str | None
) -> None:
    broken = {**resource(NETWORK, "vpc"), **change}
    if said is None:
        # A slip is one where the right key is missing.
        del broken["inputs"]
        said = ': input: no such key in a state, did you mean "inputs"?'
    file = written(tmp_path / "x.json", exported(root(), broken))
    assert f"{file}: resources[1] ({broken['urn']}){said}" in refused(file)


def nested(depth: int) -> Any:
    """Lists and objects in turn, so many in one another."""
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("part", ["inputs", "outputs"])
@pytest.mark.parametrize(
    "held", [nested, lambda depth: in_clear(nested(depth))], ids=["plain", "secret"]
)
def test_what_is_nested_too_deeply_is_refused(
    tmp_path: Path, held: Callable[[int], Any], part: str
) -> None:
    [read] = state(tmp_path, resource(NETWORK, "a", **{part: {"a": held(90)}})).stack
    assert read.name == "a"
    broken = resource(NETWORK, "a", **{part: {"a": held(110)}})
    file = written(tmp_path / "x.json", exported(broken))
    assert f"resources[0] ({broken['urn']}): is nested more than 100 levels deep" in refused(file)


def test_an_old_state_says_dependencies_of_the_whole_resource(tmp_path: Path) -> None:
    rule = resource(FIREWALL, "f", OPEN, dependencies=[urn(NETWORK, "vpc")])
    for version, refers in ((2, True), (3, False)):
        found = state(tmp_path, resource(NETWORK, "vpc"), rule, version=version)
        [firewall] = found.stack.of_type(FIREWALL)
        assert firewall.refers_to("network", NETWORK) is refers


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"inputs": []}, ": inputs: expected an object, not a list"),
        ({"inputs": encrypted()}, ": inputs: expected an object, not one of Pulumi's special"),
        ({"outputs": "x"}, ": outputs: expected an object, not a text"),
        ({"type": 3}, ": type: expected a text, not a number"),
        ({"custom": "yes"}, ": custom: expected true or false, not a text"),
        ({"delete": 1}, ": delete: expected true or false, not a number"),
        ({"parent": False}, ": parent: expected a text, not true or false"),
        ({"provider": {}}, ": provider: expected a text, not an object"),
        ({"dependencies": "x"}, ": dependencies: expected a list, not a text"),
        ({"dependencies": [1]}, ": dependencies: expected a list of text, not a number"),
        ({"propertyDependencies": []}, ": propertyDependencies: expected an object, not a list"),
        ({"propertyDependencies": {"a": "x"}}, ": propertyDependencies.a: expected a list, not"),
        ({"propertyDependencies": {"a": [None]}}, ": propertyDependencies.a: expected a list of"),
    ],
)
def test_a_wrong_type_names_the_resource(tmp_path: Path, members: Any, said: str) -> None:
    broken = resource(NETWORK, "vpc", **members)
    file = written(tmp_path / "x.json", exported(root(), broken))
    assert f"{file}: resources[1] ({broken['urn']}){said}" in refused(file)
