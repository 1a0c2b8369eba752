"""The resources of a state, and what is said of those with a wrong form."""

from __future__ import annotations

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
    resource,
    root,
    urn,
    written,
)


def test_the_type_may_be_in_the_urn_alone(tmp_path: Path) -> None:
    inside = {"urn": f"urn:pulumi:dev::judged::acme:index:C${NETWORK}::vpc"}
    [found] = state(tmp_path, inside).stack
    assert found.type.token == NETWORK
    assert found.value == {}


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
        ({"dependencies": [1]}, ": dependencies: expected a list of texts, not a number"),
        ({"propertyDependencies": []}, ": propertyDependencies: expected an object, not a list"),
        ({"propertyDependencies": {"a": "x"}}, ": propertyDependencies.a: expected a list, not"),
        ({"propertyDependencies": {"a": [None]}}, ": propertyDependencies.a: expected a list of"),
    ],
)
def test_a_wrong_type_names_the_resource(tmp_path: Path, members: Any, said: str) -> None:
    broken = resource(NETWORK, "vpc", **members)
    file = written(tmp_path / "x.json", exported(root(), broken))
    assert f"{file}: resources[1] ({broken['urn']}){said}" in refused(file)
