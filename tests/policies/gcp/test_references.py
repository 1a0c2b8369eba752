"""Which resources an input names."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.references import Named, by_output, names_resource, short_name
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack
from apex_guardrails.model.view import DependenciesUnknownError

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"


def network(stack: Stack, name: object) -> Resource:
    added = Resource(f"urn:{name}", ResourceType(NETWORK), {"name": name}, stack)
    stack.add(added)
    return added


def subnetwork(stack: Stack, value: object, *urns: str) -> Resource:
    return Resource(
        "urn:subnetwork",
        ResourceType(SUBNETWORK),
        {"network": value},
        stack,
        property_dependencies={"network": urns},
    )


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("vpc", "vpc"),
        ("projects/p/global/networks/vpc", "vpc"),
        ("https://www.googleapis.com/compute/v1/projects/p/global/networks/vpc", "vpc"),
        ("", ""),
        (None, ""),
        (UNKNOWN, ""),
        (3, ""),
    ],
)
def test_the_short_name(name: Any, short: str) -> None:
    assert short_name(name) == short


def test_by_name() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "vpc")
    network(stack, "other")
    named = Named(stack, NETWORK)
    assert list(named.at(subnetwork(stack, "projects/p/global/networks/vpc"), "network")) == [vpc]
    assert list(named.at(subnetwork(stack, "elsewhere"), "network")) == []


def test_by_an_output_that_is_not_known() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, UNKNOWN)
    named = Named(stack, NETWORK)
    assert list(named.at(subnetwork(stack, UNKNOWN, vpc.urn), "network")) == [vpc]
    assert list(named.at(subnetwork(stack, UNKNOWN, "urn:another"), "network")) == []


@pytest.mark.parametrize("value", [None, "", 3, ["vpc"]])
def test_by_nothing(value: Any) -> None:
    stack = Stack("s", "p")
    # Its name is not known, and is not the empty one.
    vpc = network(stack, UNKNOWN)
    assert list(Named(stack, NETWORK).at(subnetwork(stack, value, vpc.urn), "network")) == []


def test_a_source_that_does_not_know_the_dependencies_yet() -> None:
    stack = Stack("s", "p")
    asking = Resource("urn", ResourceType(SUBNETWORK), {"network": UNKNOWN}, stack)
    with pytest.raises(DependenciesUnknownError):
        list(Named(stack, NETWORK).at(asking, "network"))


def made(stack: Stack, urn: str, token: str, **inputs: str) -> Resource:
    """A resource whose inputs are outputs of others, by their URNs."""
    resource = Resource(
        urn,
        ResourceType(token),
        dict.fromkeys(inputs, UNKNOWN),
        stack,
        property_dependencies={name: [other] for name, other in inputs.items()},
    )
    stack.add(resource)
    return resource


def test_a_network_is_named_by_what_is_in_it() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "vpc")
    made(stack, "subnet", SUBNETWORK, network=vpc.urn)
    machine = made(stack, "machine", "gcp:compute/instance:Instance", networkInterfaces="subnet")
    for by in ("subnet", "machine"):
        firewall = made(stack, f"of {by}", "gcp:compute/firewall:Firewall", network=by)
        assert by_output(firewall, "network", NETWORK) == [vpc]
        assert list(Named(stack, NETWORK).at(firewall, "network")) == [vpc]
        assert names_resource(firewall, "network", vpc)
    assert by_output(machine, "networkInterfaces", SUBNETWORK) == [stack.resources["subnet"]]


def test_what_is_no_network_is_named_by_itself_alone() -> None:
    stack = Stack("s", "p")
    vpc = network(stack, "vpc")
    made(stack, "subnet", SUBNETWORK, description=vpc.urn)
    firewall = made(stack, "firewall", "gcp:compute/firewall:Firewall", network="subnet")
    assert by_output(firewall, "network", NETWORK) == []
    made(stack, "cluster", "gcp:container/cluster:Cluster", network=vpc.urn)
    asks = made(stack, "asks", "gcp:storage/bucket:Bucket", name="cluster")
    assert by_output(asks, "name", "gcp:storage/bucket:Bucket") == []


def test_two_that_name_each_other_end() -> None:
    stack = Stack("s", "p")
    made(stack, "one", SUBNETWORK, network="two")
    two = made(stack, "two", SUBNETWORK, network="one")
    assert by_output(two, "network", NETWORK) == []
