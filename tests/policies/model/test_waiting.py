"""What an undecided finding says: what it waits for, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from apex_guardrails.model import UNKNOWN, ResourceType, Stack
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.waiting import Waiting, waiting_for

URN = "urn:pulumi:dev::p::"
FIREWALL = "gcp:compute/firewall:Firewall"
NOT_YET = "cannot be decided before deployment: "


def firewall(dependencies: Mapping[str, list[str]] | None, *unanswered: str) -> Resource:
    """A firewall with inputs made from outputs."""
    return Resource(
        f"{URN}{FIREWALL}::fw",
        ResourceType(FIREWALL, ()),
        {"sourceRanges": [UNKNOWN]},
        Stack("dev", "p", unanswered=set(unanswered)),
        property_dependencies=dependencies,
    )


def said(resource: Resource | None, path: str = "sourceRanges[0]") -> str:
    """The message, without what all of them begin with."""
    message = waiting_for(resource, path).message
    assert message.startswith(NOT_YET)
    return message.removeprefix(NOT_YET)


def test_it_names_the_resources_that_the_input_is_made_from() -> None:
    urns = [f"{URN}gcp:compute/address:Address::{name}" for name in ("b", "a", "d", "c")]
    label = "gcp:compute/address:Address"

    assert said(firewall({"sourceRanges": urns[:1]})) == f"waits for an output of {label} b"
    assert said(firewall({"sourceRanges": urns[:2]})) == (
        f"waits for an output of {label} a and {label} b"
    )
    assert said(firewall({"sourceRanges": urns})) == (
        f"waits for an output of {label} a, {label} b, {label} c and 1 more"
    )
    # What other inputs are made from is no reason.
    assert said(firewall({"network": urns})) == "the value is not known yet"


def test_it_names_other_stacks_and_functions() -> None:
    reference = f"{URN}pulumi:pulumi:StackReference::acme/net/prod"
    address = f"{URN}gcp:compute/address:Address::a"
    functions = ("gcp:compute/getNetwork:getNetwork", "gcp:kms/getKmsKeyRing:getKmsKeyRing")

    assert said(firewall({"sourceRanges": [reference]}, *functions)) == (
        "waits for the outputs of the stack acme/net/prod"
    )
    assert said(firewall({"sourceRanges": [reference, address]})) == (
        "waits for an output of gcp:compute/address:Address a, "
        "and for the outputs of the stack acme/net/prod"
    )
    assert said(firewall({}, *functions)) == (
        f"waits for the answer of the function {functions[0]} or {functions[1]}"
    )


def test_a_function_comes_before_what_its_arguments_are_made_from() -> None:
    resource = firewall({"sourceRanges": [f"{URN}gcp:compute/address:Address::a"]}, "a:b:c", "d")
    resource.functions = {("sourceRanges", 0): ("a:b:c", "not:asked:yet"), ("network",): ("d",)}

    for path in ("sourceRanges", "sourceRanges[0]", "sourceRanges[0].x"):
        assert said(resource, path) == "waits for the answer of the function a:b:c"
    assert said(resource, "sourceRanges[1]") == (
        "waits for an output of gcp:compute/address:Address a"
    )
    resource.functions = {("network",): ("not:asked:yet",)}
    assert said(resource, "network") == "waits for the answer of the function not:asked:yet"


@pytest.mark.parametrize("resource", [None, firewall(None, "a:b:c")])
def test_who_does_not_know_says_so(resource: Resource | None) -> None:
    assert said(resource) == "the value is not known yet"


def test_a_finding_about_the_stack_names_the_input() -> None:
    address = f"{URN}gcp:compute/address:Address::a"
    resource = firewall({"sourceRanges": [address]})
    assert waiting_for(resource, "sourceRanges", of_stack=True).message == (
        f"{NOT_YET}sourceRanges of {FIREWALL} fw is not known yet; "
        "waits for an output of gcp:compute/address:Address a"
    )
    assert waiting_for(firewall(None), "sourceRanges", of_stack=True).message == (
        f"{NOT_YET}sourceRanges of {FIREWALL} fw is not known yet"
    )


def test_the_next_step_is_none_of_a_violation() -> None:
    level = "or set the rule's `undecided` level in policy-pack.yaml."
    answer = "record the function's answer in policy-pack.yaml (offline.functions); "
    text = "Make the value known: write the value as text or config"

    concat = "join texts with Output.concat or Output.format, not in apply; "
    assert Waiting(resources=("a b",)).next_step == f"{text}, {concat}{level}"
    assert Waiting(functions=("a:b:c",)).next_step == f"{text}, {answer}{level}"
    assert Waiting().next_step == f"{text}, {answer}{level}"


def test_what_is_known_and_cannot_be_made_out_waits_for_nothing() -> None:
    stack = Stack("dev", "p")
    inputs = {"sourceRanges": ["office"], "allows": [{"protocol": UNKNOWN}]}
    rule = Resource(f"{URN}{FIREWALL}::fw", ResourceType(FIREWALL, ()), inputs, stack)
    for path in ("sourceRanges[0]", "sourceRanges"):
        found = waiting_for(rule, path)
        assert found.message == f"{NOT_YET}what it stands for is not known here"
        assert found.next_step.startswith("Write what it stands for")
    of_stack = waiting_for(rule, "sourceRanges[0]", of_stack=True).message
    assert of_stack == (
        f"{NOT_YET}what sourceRanges[0] of gcp:compute/firewall:Firewall fw stands for is "
        "not known here"
    )
    for path in ("allows", "allows[0].protocol", "name", ""):
        assert not waiting_for(rule, path).is_told
