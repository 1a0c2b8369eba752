"""What is public in this repository's own stacks, and what lies behind."""

from __future__ import annotations

import pytest

from apex_guardrails.network.analysis import network_of
from apex_guardrails.network.document import NetworkDocument
from apex_guardrails.network.terms import Access
from tests.policies.network.stacks import edges_of
from tests.policies.our_stacks import STACKS, our_stack

BEHIND = {
    "Identity-Aware Proxy > neo4j: guarded tcp 22",
    "nat > Internet: private",
    "subnet > neo4j: private tcp 7687",
    "vpc > nat: private",
    "vpc > postgres: private tcp 5432",
    "vpc > redis: private tcp 6378",
}


def ours(name: str) -> NetworkDocument:
    return network_of(our_stack(name)[1])


def from_internet(found: NetworkDocument) -> set[str]:
    return {edge for edge in edges_of(found) if edge.startswith("Internet >")}


@pytest.mark.parametrize("name", ["staging", "production"])
def test_the_load_balancer_alone_is_public(name: str) -> None:
    found = ours(name)
    assert [(node.name, node.kind) for node in found.reached(Access.OPEN)] == [
        ("apex-api", "entrance")
    ]
    assert from_internet(found) == {
        "Internet > apex-api: open tcp 443",
        "Internet > apex-api: open tcp 80",
    }
    assert "apex-api > apex-api: open" in edges_of(found)


def test_in_dev_it_is_the_address_of_the_service() -> None:
    found = ours("dev")
    assert [(node.name, node.kind) for node in found.reached(Access.OPEN)] == [
        ("apex-api", "workload")
    ]
    assert from_internet(found) == {"Internet > apex-api: open tcp 443"}


@pytest.mark.parametrize("name", STACKS)
def test_the_rest_is_private_and_everything_is_known(name: str) -> None:
    found = ours(name)
    assert set(edges_of(found)) >= BEHIND
    assert [node.name for node in found.reached(Access.GUARDED)] == ["neo4j"]
    assert not found.reached(Access.UNKNOWN)
    assert found.unknown_types == ()
    assert found.notes == ()
    # Every workload is in the network, and goes out by no other way.
    inside = {edge.source for edge in found.edges if edge.target == "compute/subnetwork subnet"}
    assert inside == {node.id for node in found.nodes if node.kind == "workload"}
    assert {edge.source for edge in found.edges if edge.target == "internet"} == {
        "compute/routerNat nat"
    }
