"""Address groups, and the rules that name them."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.address_groups import admitted_with_groups, find_by_name
from apex_guardrails.gcp.admitted import Admitted
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import NETWORKSECURITY_ADDRESS_GROUP
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack
from apex_guardrails.model.view import DependenciesUnknownError

RULE = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
ALL = Admitted("the whole internet", "match.srcIpRanges")
NOBODY = Admitted()
NOT_KNOWN = Admitted(unknown="match.srcAddressGroups[0]")
INSIDE, HALVES = ["10.0.0.0/8"], ["0.0.0.0/1", "128.0.0.0/1"]


def whom(
    groups: Any,
    *others: str,
    depends: tuple[str, ...] | None = (),
    **there: dict[str, Any],
) -> Admitted:
    """Whom a rule admits that names groups, where some groups are in the stack."""
    stack = Stack("s", "p")
    for name, inputs in there.items():
        given = {"name": name, "parent": "projects/p", "location": "global", **inputs}
        stack.add(Resource(name, ResourceType(NETWORKSECURITY_ADDRESS_GROUP), given, stack))
    stack.add(Resource("other", ResourceType("pulumi:pulumi:StackReference"), {}, stack))
    stack.add(Resource("tag", ResourceType("gcp:tags/tagValue:TagValue"), {}, stack))
    rule = Resource(
        "rule",
        ResourceType(RULE),
        {"match": {"srcAddressGroups": groups}},
        stack,
        property_dependencies=None if depends is None else {"match": depends},
    )
    ranges = [("match.srcIpRanges", text) for text in others]
    at = "match.srcIpRanges"
    return admitted_with_groups(rule, "match.srcAddressGroups", ranges, WideRanges(), at)


def items(*ranges: Any, **inputs: Any) -> dict[str, Any]:
    return {"items": list(ranges), **inputs}


OF_ORGANIZATION = "organizations/7/locations/global/addressGroups/a"


@pytest.mark.parametrize(
    ("named", "group", "expected"),
    [
        ("projects/p/locations/global/addressGroups/a", {}, ALL),
        ("//x.googleapis.com/projects/p/locations/global/addressGroups/a", {}, ALL),
        ("projects/123/locations/global/addressGroups/a", {}, ALL),
        ("projects/p/locations/global/addressGroups/a", {"parent": None}, ALL),
        ("projects/q/locations/global/addressGroups/a", {}, NOT_KNOWN),
        ("projects/p/locations/global/addressGroups/b", {}, NOT_KNOWN),
        ("projects/p/locations/europe-west1/addressGroups/a", {}, NOT_KNOWN),
        (
            "projects/p/locations/europe-west1/addressGroups/a",
            {"location": "europe-west1"},
            ALL,
        ),
        (OF_ORGANIZATION, {}, NOT_KNOWN),
        (OF_ORGANIZATION, {"parent": "organizations/7"}, ALL),
        (OF_ORGANIZATION, {"parent": "organizations/8"}, NOT_KNOWN),
        ("a", {}, NOT_KNOWN),
        (5, {}, NOT_KNOWN),
    ],
)
def test_a_group_that_is_named_by_its_id(named: Any, group: Any, expected: Admitted) -> None:
    found = whom([named], a=items(*HALVES, **group))
    assert (found.share, found.unknown) == (expected.share, expected.unknown)


@pytest.mark.parametrize(
    ("there", "depends", "expected"),
    [
        ({"a": items(*HALVES)}, ("a",), ALL),
        ({"a": items(*INSIDE)}, ("a",), NOBODY),
        ({"a": items()}, ("a",), NOBODY),
        ({"a": {}}, ("a",), NOBODY),
        ({"a": items(UNKNOWN)}, ("a",), NOT_KNOWN),
        ({"a": {"items": UNKNOWN}}, ("a",), NOT_KNOWN),
        ({"a": items("office")}, ("a",), NOT_KNOWN),
        # Which of two it is nobody can tell: what is true of both is true.
        ({"a": items(*INSIDE), "b": items("192.168.0.0/16")}, ("a", "b"), NOBODY),
        ({"a": items(*HALVES), "b": items("::/0")}, ("a", "b"), ALL),
        ({"a": items(*HALVES), "b": items(*INSIDE)}, ("a", "b"), NOT_KNOWN),
        # A tag's value is no group; what another stack gives may be one.
        ({"a": items(*INSIDE)}, ("a", "tag"), NOBODY),
        ({"a": items(*INSIDE)}, ("a", "other"), NOT_KNOWN),
        ({"a": items(*INSIDE)}, ("other",), NOT_KNOWN),
        ({}, (), NOT_KNOWN),
    ],
)
def test_a_group_that_is_named_by_an_output(
    there: Any, depends: tuple[str, ...], expected: Admitted
) -> None:
    found = whom([UNKNOWN], depends=depends, **there)
    assert (found.share, found.unknown) == (expected.share, expected.unknown)


def test_what_other_ranges_admit_is_certain() -> None:
    assert whom([UNKNOWN], "0.0.0.0/0", depends=("other",)).share == ALL.share
    assert whom(UNKNOWN, "0.0.0.0/0").share == ALL.share


def test_ranges_and_groups_are_judged_together() -> None:
    assert whom([UNKNOWN], "0.0.0.0/1", depends=("a",), a=items("128.0.0.0/1")) == ALL


def test_more_outputs_than_groups_are_not_all_known() -> None:
    found = whom([UNKNOWN, UNKNOWN], depends=("a",), a=items(*INSIDE))
    assert found == NOT_KNOWN


def test_a_list_that_is_not_known() -> None:
    assert whom(UNKNOWN, "10.0.0.0/8").unknown
    assert whom(None, "10.0.0.0/8") == NOBODY


def test_dependencies_are_asked_for_where_they_decide() -> None:
    assert whom(["projects/p/locations/global/addressGroups/a"], depends=None, a=items()) == NOBODY
    for named in (UNKNOWN, "projects/p/locations/global/addressGroups/later"):
        with pytest.raises(DependenciesUnknownError):
            whom([named], depends=None)


def test_groups_by_name() -> None:
    stack = Stack("s", "p")
    for urn, parent in (("1", "projects/p"), ("2", "organizations/7"), ("3", None)):
        given = {"name": "a", "parent": parent}
        stack.add(Resource(urn, ResourceType(NETWORKSECURITY_ADDRESS_GROUP), given, stack))
    assert [group.urn for group in find_by_name(stack, "a", of_organization=True)] == ["2"]
    assert [group.urn for group in find_by_name(stack, "a", of_organization=False)] == ["1", "3"]
    assert not list(find_by_name(stack, "b", of_organization=False))
