"""Which resource of the stack an input names."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.references import names_resource
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack
from apex_guardrails.model.view import DependenciesUnknownError

NETWORK = ResourceType("gcp:compute/network:Network")


def network(stack: Stack, urn: str, **inputs: Any) -> Resource:
    found = Resource(urn, NETWORK, inputs, stack)
    stack.add(found)
    return found


def subnet(stack: Stack, given: Any, *referred: str) -> Resource:
    return Resource(
        "subnet",
        ResourceType("gcp:compute/subnetwork:Subnetwork"),
        {"network": given},
        stack,
        property_dependencies={"network": referred},
    )


@pytest.mark.parametrize(
    ("given", "is_named"),
    [
        ("vpc", True),
        ("projects/p/global/networks/vpc", True),
        ("https://www.googleapis.com/compute/v1/projects/p/global/networks/vpc", True),
        ("my-vpc", False),
        ("", False),
        (None, False),
        (UNKNOWN, False),
    ],
)
def test_by_its_name(given: Any, *, is_named: bool) -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "a", name="vpc")
    assert names_resource(subnet(stack, given), "network", vpc) is is_named


@pytest.mark.parametrize("name", [None, "", UNKNOWN])
def test_what_has_no_name_is_not_named(name: Any) -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "a", name=name)
    assert not names_resource(subnet(stack, ""), "network", vpc)
    assert not names_resource(subnet(stack, UNKNOWN), "network", vpc)


def test_an_output_says_more_than_a_name() -> None:
    stack = Stack("s", "p")
    one, other = network(stack, "a", name="vpc"), network(stack, "b", name="vpc")
    assert names_resource(subnet(stack, UNKNOWN, "a"), "network", one)
    assert not names_resource(subnet(stack, "vpc", "a"), "network", other)


def test_what_another_type_s_output_is_made_into_still_names_it() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "a", name="vpc")
    assert names_resource(subnet(stack, "vpc", "elsewhere"), "network", vpc)


def test_dependencies_that_are_not_known_yet() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "a", name="vpc")
    unfinished = Resource("s", ResourceType("t:m:T"), {"network": "vpc"}, stack)
    with pytest.raises(DependenciesUnknownError):
        names_resource(unfinished, "network", vpc)
