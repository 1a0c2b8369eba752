"""Whom expressions of Cloud Armor match."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.armor_expressions import admitted_by_expression
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.gcp.types import NETWORKSECURITY_ADDRESS_GROUP
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack

LOW, HIGH, OFFICE = "0.0.0.0/1", "128.0.0.0/1", "203.0.113.0/24"


def stack(*groups: dict[str, Any]) -> Stack:
    found = Stack("s", "p")
    for number, inputs in enumerate(groups):
        found.add(Resource(str(number), ResourceType(NETWORKSECURITY_ADDRESS_GROUP), inputs, found))
    return found


def whom(expression: str, *groups: dict[str, Any]) -> str:
    found = admitted_by_expression(stack(*groups), expression, WideRanges(), "expr")
    return found.share or found.unknown


def within(text: str) -> str:
    return f"inIpRange(origin.ip, '{text}')"


@pytest.mark.parametrize(
    "expression",
    [
        "true",
        " ( true ) ",
        "false || true",
        within("0.0.0.0/0"),
        'inIpRange( origin.user_ip ,"::/0" )',
        f"{within(LOW)} || {within(HIGH)}",
        f"({within(LOW)} || {within(HIGH)}) && true",
        f"!{within(OFFICE)}",
        f"!(!{within('0.0.0.0/0')})",
        # Who comes over IPv6 is in no range of IPv4.
        f"!{within(LOW)}",
        f"!{within('0.0.0.0/0')}",
        f"!{within('2000::/3')}",
        f"{within('0.0.0.0/0')} && !{within(OFFICE)}",
        f"!{within(OFFICE)} && !{within('2600::/16')}",
        "!false",
        f"origin.region_code == 'AU' || {within('0.0.0.0/0')}",
        f"origin.ip != '203.0.113.7' || {within(OFFICE)}",
        "'203.0.113.7' != origin.user_ip",
        "1 != 2",
    ],
)
def test_everybody(expression: str) -> None:
    assert whom(expression) == EVERYBODY


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "false",
        "!true",
        within(OFFICE),
        "origin.ip == '203.0.113.7'",
        "1 != 1",
        "request.path.matches('/ab|/cd&&(e)') && true",
        "request.headers['x-team'] == 'blue' && origin.region_code == 'AU'",
        "request.headers['x-team'] == 'blue' || request.path == '/health'",
        f"{within('0.0.0.0/0')} && request.path == '/health'",
        f"{within(LOW)} && {within(OFFICE)}",
        f"origin.region_code != 'AU' && {within(OFFICE)}",
        f"{within(LOW)} && {within(HIGH)}",
        f"{within('0.0.0.0/0')} && {within('::/0')}",
        f"!({within('0.0.0.0/0')} || {within('::/0')})",
        f"!{within('0.0.0.0/0')} && {within(OFFICE)}",
        f"!({within(LOW)} || {within(HIGH)}) && !{within('2000::/3')}",
    ],
)
def test_few(expression: str) -> None:
    assert not whom(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "origin.region_code == 'AU'",
        "origin.region_code == 'AU' || origin.region_code == 'NZ'",
        "origin.region_code != 'AU'",
        "origin.region_code == 'AU' || request.path == '/health'",
        "has(request.headers['x'])",
        "request.headers['x-team'] != 'blue'",
        "!(request.path == '/health')",
        "origin.ip == 'office'",
        "!(origin.region_code == 'AU')",
        within("office"),
        f"!{within('office')}",
        "evaluateAddressGroup('elsewhere', origin.ip)",
        "evaluateOrganizationAddressGroup('ours', origin.ip)",
        "true)",
        "(true",
        "true && ",
        "!" * 300 + "true",
        "(" * 300 + "true" + ")" * 300,
    ],
)
def test_nobody_can_tell(expression: str) -> None:
    groups = {"name": "ours", "items": [OFFICE]}
    assert whom(expression, groups) == "expr"


@pytest.mark.parametrize(
    ("expression", "at"),
    [
        ("request.path == '/health'", "expr"),
        ("request.path == '/health' && true", "expr"),
        (f"request.path == '/health' && {within('0.0.0.0/0')}", "expr"),
        ("request.path == '/health' && origin.region_code == 'AU'", "expr"),
        (f"request.path == '/health' || {within(OFFICE)}", "expr"),
        (f"request.path == '/health' && {within(OFFICE)}", ""),
        ("request.path == '/health' && request.headers['x-team'] == 'blue'", ""),
    ],
)
def test_anybody_who_asks_for_a_part_of_the_site(expression: str, at: str) -> None:
    found = admitted_by_expression(stack(), expression, WideRanges(), "expr")
    assert (found.share, found.unknown, found.to_a_part) == ("", "", at)


def test_a_part_of_the_internet() -> None:
    assert whom(f"{within(LOW)} && true") == "57% of the public IPv4 addresses"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["0.0.0.0/0"], EVERYBODY),
        ([LOW, HIGH, UNKNOWN], EVERYBODY),
        ([OFFICE], ""),
        ([], ""),
        ([UNKNOWN], "expr"),
        (UNKNOWN, "expr"),
    ],
)
def test_an_address_group_of_the_stack(items: Any, expected: str) -> None:
    ours = {"name": "ours", "parent": "projects/p", "items": items}
    assert whom("evaluateAddressGroup('ours', origin.ip)", ours) == expected
    theirs = {**ours, "parent": "organizations/7"}
    assert whom("evaluateOrganizationAddressGroup('ours', origin.ip)", theirs) == expected


@pytest.mark.parametrize(
    ("items", "left_out", "expected"),
    [
        (["0.0.0.0/0"], f"'{OFFICE}'", EVERYBODY),
        (["0.0.0.0/0"], f"'{LOW}', '{HIGH}'", ""),
        (["0.0.0.0/0"], f'"{LOW}"', "43% of the public IPv4 addresses"),
        (["0.0.0.0/0"], "", EVERYBODY),
        (["0.0.0.0/0"], "'office'", "expr"),
        ([OFFICE], "'office'", ""),
        ([OFFICE], f"'{OFFICE}'", ""),
        ([UNKNOWN], f"'{OFFICE}'", "expr"),
    ],
)
def test_an_address_group_without_some_ranges(items: Any, left_out: str, expected: str) -> None:
    ours = {"name": "ours", "parent": "projects/p", "items": items}
    assert whom(f"evaluateAddressGroup('ours', origin.ip, [{left_out}])", ours) == expected


SIX = "2000::/3"
ATOMS = {
    "true": {LOW, HIGH, OFFICE, SIX},
    "false": set[str](),
    within(LOW): {LOW},
    within(HIGH): {HIGH, OFFICE},
    within(OFFICE): {OFFICE},
    within(SIX): {SIX},
}
EVERYWHERE = {LOW, HIGH, OFFICE, SIX}

trees = st.recursive(
    st.sampled_from(sorted(ATOMS)).map(lambda text: (text, frozenset(ATOMS[text]))),
    lambda parts: st.one_of(
        parts.map(lambda one: (f"!({one[0]})", frozenset(EVERYWHERE - one[1]))),
        st.tuples(parts, parts).map(lambda two: (f"({two[0][0]}) && {_apart(two[1])}", _and(two))),
        st.tuples(parts, parts).map(lambda two: (f"({two[0][0]} || {two[1][0]})", _or(two))),
    ),
    max_leaves=8,
)


def _apart(part: tuple[str, frozenset[str]]) -> str:
    return f"({part[0]})"


def _and(two: Any) -> frozenset[str]:
    return frozenset(two[0][1] & two[1][1])


def _or(two: Any) -> frozenset[str]:
    return frozenset(two[0][1] | two[1][1])


@given(trees)
def test_what_is_said_is_true(tree: tuple[str, frozenset[str]]) -> None:
    expression, addresses = tree
    found = whom(expression)
    if {LOW, HIGH} <= addresses or SIX in addresses:
        assert found == EVERYBODY
    elif {LOW, HIGH} & addresses:
        assert found.endswith("of the public IPv4 addresses")
    else:
        assert not found


@given(st.text(alphabet="!&|()'\"a=. ", max_size=40))
def test_no_text_is_too_odd(expression: str) -> None:
    whom(expression)
