"""The address ranges of a VPC network, whichever resource attaches them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from types import MappingProxyType
from typing import Any

from apex_guardrails.gcp.networks import overlaps, whole_number
from apex_guardrails.gcp.references import by_output
from apex_guardrails.gcp.types import (
    COMPUTE_GLOBAL_ADDRESS,
    COMPUTE_NETWORK,
    COMPUTE_ROUTER,
    COMPUTE_SUBNETWORK,
    REDIS_INSTANCE,
    VPCACCESS_CONNECTOR,
)
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value, unwrap
from apex_guardrails.model.view import View
from apex_guardrails.model.violation import Violation

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        COMPUTE_SUBNETWORK: "network",
        COMPUTE_GLOBAL_ADDRESS: "network",
        VPCACCESS_CONNECTOR: "network",
        REDIS_INSTANCE: "authorizedNetwork",
    }
)
"""The types that have ranges of a network, and the input that names the network."""

UNKNOWN_PROJECT = str(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Range:
    """A range and the input that gives it."""

    view: View
    text: Value


def find_overlaps(stack: Stack, token: str, *others: str) -> Iterator[Violation]:
    """Ranges of a type that overlap those of some types in the same network.

    A range that Google chooses, or that is not known before deployment, overlaps none.
    """
    first = _by_network(stack, token)
    for other in others if first else ():
        for network, second in _by_network(stack, other).items():
            pairs = (
                combinations(second, 2)
                if other == token
                else product(second, first.get(network, ()))
            )
            for there, here in pairs:
                if overlaps(here.text, there.text):
                    yield here.view.fail(
                        f"{here.text} overlaps {there.text} of {there.view.resource.name}"
                    )


def _by_network(stack: Stack, token: str) -> Mapping[object, Sequence[Range]]:
    ours = {
        (_project(network), str(network.peek("name"))): network.urn
        for network in stack.of_type(COMPUTE_NETWORK)
    }
    found: defaultdict[object, list[Range]] = defaultdict(list)
    for resource in stack.of_type(token):
        network = _network(resource, ours)
        if network is not None:
            found[network] += [Range(view, text) for view, text in _texts(resource)]
    return found


def _network(resource: Resource, ours: Mapping[tuple[str, Value], str]) -> object:
    """What is the same for resources of one network alone; `None` where it is not known.

    Args:
        resource: What names the network.
        ours: The URNs of the stack's networks, by project and name.
    """
    path = NETWORKS[resource.type.token]
    for network in by_output(resource, path, COMPUTE_NETWORK):
        return network.urn
    given = resource.peek(path)
    if not isinstance(given, str) or not given:
        return None
    # A name alone is one of the resource's own project.
    full = given.rpartition("projects/")[2].removesuffix("/").split("/")
    project, name = full[0] if len(full) > 1 else _project(resource), full[-1]
    return ours.get((project, name)) or (None if project == UNKNOWN_PROJECT else (project, name))


def _project(resource: Resource) -> str:
    return str(resource.peek("project") or unwrap(resource.provider.get("project")))


def _texts(resource: Resource) -> Iterator[tuple[View, Value]]:
    if resource.type.token == COMPUTE_GLOBAL_ADDRESS:
        length = whole_number(resource.peek("prefixLength"))
        yield resource.at("address"), f"{resource.peek('address')}/{length}"
        return
    path = "reservedIpRange" if resource.type.token == REDIS_INSTANCE else "ipCidrRange"
    yield resource.at(path), resource.peek(path)
    if resource.type.token == COMPUTE_SUBNETWORK:
        for path in resource.paths("secondaryIpRanges[].ipCidrRange"):
            yield resource.at(path), resource.peek(path)


def make_example(token: str, text: str, name: str = "example", **inputs: Any) -> case.CaseResource:
    """A case's resource of a type with a range, in the network "vpc" unless it says otherwise."""
    given: dict[str, Any]
    if token == COMPUTE_GLOBAL_ADDRESS:
        address, _, length = text.partition("/")
        given = {"address": address, "prefixLength": int(length), "purpose": "VPC_PEERING"}
    else:
        given = {"reservedIpRange" if token == REDIS_INSTANCE else "ipCidrRange": text}
    return case.resource(token, name, **{NETWORKS[token]: "vpc", **given, **inputs})


def overlap_cases(token: str, *others: str) -> Iterator[Case]:
    """The cases of a rule that calls `overlapping` with the same types."""
    path = NETWORKS[token]
    here = make_example(token, "10.0.0.0/28")
    network = case.resource(COMPUTE_NETWORK, "net", name="vpc")
    yield case.passes(_outputs={})
    yield case.passes(here)
    for other in others:
        yield case.fails(here, make_example(other, "10.0.0.0/24", "other"))
        yield case.passes(here, make_example(other, "10.0.1.0/24", "other"))
        yield case.fails(here, make_example(other, "10.0.0.0/24", "other"), network)
        for elsewhere in ("another", "", case.UNKNOWN):
            named: dict[str, Any] = {NETWORKS[other]: elsewhere}
            yield case.passes(here, make_example(other, "10.0.0.0/24", "other", **named))
        # A name alone is one of the resource's own project, whether the stack has it or not.
        away = make_example(other, "10.0.0.0/24", "other", _provider={"project": "q"})
        yield case.passes(make_example(token, "10.0.0.0/28", _provider={"project": "p"}), away)
        named = {NETWORKS[other]: "another"}
        yield case.passes(here, make_example(other, "10.0.0.0/24", "other", **named), network)
        named = {NETWORKS[other]: case.output_of("net")}
        yield case.fails(here, make_example(other, "10.0.0.0/24", "other", **named), network)
        # The network of a router is the router's output.
        router = case.resource(COMPUTE_ROUTER, "router", network=case.output_of("net"))
        named = {NETWORKS[other]: case.output_of("router")}
        yield case.fails(
            here, make_example(other, "10.0.0.0/24", "other", **named), network, router
        )
        named = {NETWORKS[other]: "vpc"}
        yield case.passes(here, case.resource(other, "other", **named))
    other = others[0]
    in_p = {NETWORKS[other]: "projects/p/global/networks/vpc"}
    yield case.fails(
        make_example(token, "10.0.0.0/28", **{path: "https://x/projects/p/global/networks/vpc"}),
        make_example(other, "10.0.0.0/24", "other", **in_p),
    )
    # A name alone and a whole one are the same network in the same project.
    yield case.fails(
        make_example(token, "10.0.0.0/28", _provider={"project": "p"}),
        make_example(other, "10.0.0.0/24", "other", **in_p),
    )
    yield case.passes(
        make_example(token, "10.0.0.0/28", **{path: "projects/q/global/networks/vpc"}),
        make_example(other, "10.0.0.0/24", "other", **in_p),
    )
