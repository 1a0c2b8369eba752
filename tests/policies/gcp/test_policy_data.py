"""What a policy grants is read out of its JSON text, and out of what is known of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.policy_data import POLICY_DATA, policy_grants
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.model.value import KnownParts

MEMBERS = st.text(max_size=20) | st.sampled_from(['say "hi"', "back\\slash", "user:a@example.org"])
BINDINGS = st.lists(
    st.fixed_dictionaries({"role": MEMBERS, "members": st.lists(MEMBERS, max_size=3)}), max_size=3
)


def policy(data: Any, parts: KnownParts | None = None) -> Resource:
    token = "gcp:projects/iAMPolicy:IAMPolicy"
    return Resource(
        f"urn:pulumi:s::p::{token}::n",
        ResourceType(token),
        {POLICY_DATA: data},
        Stack("s", "p"),
        property_dependencies={},
        known_parts=None if parts is None else {(POLICY_DATA,): parts},
    )


def read(*parts: str | None) -> list[tuple[Any, Any, Any]]:
    return [tuple(each) for each in policy_grants(policy(UNKNOWN, parts))]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (
            ('{"bindings": [{"role": "r", "members": ["serviceAccount:', None, '", "a"]}]}'),
            [("r", UNKNOWN, ("serviceAccount:", None)), ("r", "a", None)],
        ),
        (
            ('{"bindings": [{"role": "r", "members": [', None, ', "a"]}]}'),
            [("r", UNKNOWN, None), ("r", "a", None)],
        ),
        (
            ('{"bindings": [{"role": "r", "members": ', None, "}]}"),
            [("r", UNKNOWN, None)],
        ),
        (
            ('{"bindings": [{"role": ', None, ', "members": ["a"]}]}'),
            [(UNKNOWN, "a", None)],
        ),
        (
            ('{"bindings": [{"role": "projects/', None, '/roles/r", "members": ["a"]}]}'),
            [(UNKNOWN, "a", None)],
        ),
        (('{"bindings": [', None, "]}"), [(UNKNOWN, UNKNOWN, None)]),
        (('{"bindings": ', None, "}"), [(UNKNOWN, UNKNOWN, None)]),
        (
            ('{"bindings": [{"role": "a \\"b\\" c', None, '", "members": ["x', None, '"]}]}'),
            [(UNKNOWN, UNKNOWN, ("x", None))],
        ),
        (("{", None), []),
    ],
)
def test_what_is_known_of_a_policy(
    parts: tuple[str | None, ...], found: list[tuple[Any, Any, Any]]
) -> None:
    assert read(*parts) == found


def test_a_policy_of_which_nothing_is_known() -> None:
    with pytest.raises(UndecidedError):
        list(policy_grants(policy(UNKNOWN)))


@given(BINDINGS)
def test_a_known_policy_is_read_as_it_is(bindings: list[dict[str, Any]]) -> None:
    expected = [(each["role"], member, None) for each in bindings for member in each["members"]]

    found = policy_grants(policy(json.dumps({"bindings": bindings})))

    assert [tuple(each) for each in found] == expected


@given(BINDINGS, st.data())
def test_a_hole_in_one_member_hides_no_other(
    bindings: list[dict[str, Any]], data: st.DataObject
) -> None:
    hole = "the-hole"
    spoiled = [
        {"role": each["role"], "members": [*each["members"], hole][:: data.draw(ORDERS)]}
        for each in bindings
    ]
    pieces = json.dumps({"bindings": spoiled}).split(f'"{hole}"')
    parts: list[str | None] = []
    for number, piece in enumerate(pieces):
        parts += [None, piece] if number else [piece]

    found = read(*parts)

    expected = [
        (each["role"], UNKNOWN if member == hole else member, None)
        for each in spoiled
        for member in each["members"]
    ]
    assert found == expected


ORDERS = st.sampled_from([1, -1])


@given(st.lists(st.none() | st.text() | st.sampled_from(['"', "{", "[", "]", "}", ":", "\\"])))
def test_no_parts_raise(parts: list[str | None]) -> None:
    read(*parts, "")
