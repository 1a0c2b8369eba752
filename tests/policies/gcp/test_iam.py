"""Grants are found however a program writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.everybody import is_public
from apex_guardrails.gcp.iam import ACCOUNTS, SERVICE_ACCOUNT, Grant, read_grants, read_roles
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Secret, Stack, UndecidedError

VIEWER = "roles/viewer"


def resource(token: str, **inputs: Any) -> Resource:
    return Resource(
        f"urn:pulumi:s::p::{token}::n",
        ResourceType(token),
        inputs,
        Stack("s", "p"),
        property_dependencies={},
    )


def member(**inputs: Any) -> Resource:
    return resource("gcp:projects/iAMMember:IAMMember", **inputs)


def binding(**inputs: Any) -> Resource:
    return resource("gcp:storage/bucketIAMBinding:BucketIAMBinding", **inputs)


def policy(data: Any) -> Resource:
    return resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData=data)


@pytest.mark.parametrize(
    ("given_by", "found"),
    [
        (member(role=VIEWER, member="user:a@x.org"), [Grant(VIEWER, "user:a@x.org", "member")]),
        (member(role=VIEWER, member=Secret("allUsers")), [Grant(VIEWER, "allUsers", "member")]),
        (member(member="allUsers"), [Grant("", "allUsers", "member")]),
        (member(role=VIEWER), []),
        (
            binding(role=VIEWER, members=["a", "b"]),
            [Grant(VIEWER, "a", "members[0]"), Grant(VIEWER, "b", "members[1]")],
        ),
        (binding(role=VIEWER, members=[]), []),
        (binding(role=VIEWER, members=[1, {"x": "y"}]), []),
        (
            policy(json.dumps({"bindings": [{"role": VIEWER, "members": ["a", 3]}, {"role": 1}]})),
            [Grant(VIEWER, "a", "policyData")],
        ),
        (policy(json.dumps({"bindings": [{"members": ["a"]}]})), [Grant("", "a", "policyData")]),
        (policy('{"bindings": {"role": "x"}}'), []),
        (policy("[]"), []),
        (policy("no JSON"), []),
        (policy(7), []),
        (policy(None), []),
    ],
)
def test_what_is_granted(given_by: Resource, found: list[Grant]) -> None:
    def texts(each: list[Grant]) -> list[tuple[str, str, str]]:
        return [(grant.role, grant.member, grant.path) for grant in each if grant.member]

    assert texts(list(read_grants(given_by))) == texts(found)


def test_what_is_known_comes_before_what_is_not() -> None:
    first, second = read_grants(binding(role=VIEWER, members=[UNKNOWN, "allUsers"]))
    assert (first.member, first.path) == ("allUsers", "members[1]")
    assert second.role == VIEWER
    with pytest.raises(UndecidedError) as undecided:
        assert second.member
    assert undecided.value.path == "members[0]"


def test_a_role_that_is_not_known() -> None:
    [grant] = read_grants(member(role=UNKNOWN, member="allUsers"))
    assert grant.member == "allUsers"
    assert grant.shown_role == "a role"
    with pytest.raises(UndecidedError) as undecided:
        assert grant.role
    assert undecided.value.path == "role"


def test_a_policy_that_is_not_known() -> None:
    with pytest.raises(UndecidedError) as undecided:
        list(read_grants(policy(UNKNOWN)))
    assert undecided.value.path == "policyData"


def test_a_role_that_goes_to_members_who_are_not_known() -> None:
    [grant] = read_grants(binding(role=VIEWER, members=UNKNOWN))
    assert grant.role == VIEWER
    with pytest.raises(UndecidedError) as undecided:
        assert grant.member
    assert undecided.value.path == "members"


def test_each_role_once() -> None:
    data = json.dumps(
        {"bindings": [{"role": role, "members": ["a", "b"]} for role in (VIEWER, "x", VIEWER)]}
    )
    assert [(each.role, each.role_path) for each in read_roles(policy(data))] == [
        (VIEWER, "policyData"),
        ("x", "policyData"),
    ]
    [given] = read_roles(binding(role=VIEWER, members=["a", "b"]))
    assert (given.role, given.role_path) == (VIEWER, "role")
    assert not list(read_roles(binding(role=VIEWER, members=[])))


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda s: (
            st.lists(s) | st.dictionaries(st.sampled_from(["bindings", "role", "members"]), s)
        ),
    )
)
def test_no_policy_raises(content: Any) -> None:
    list(read_grants(policy(json.dumps(content))))


def test_the_public() -> None:
    assert is_public("allUsers")
    assert is_public(Secret("allAuthenticatedUsers"))
    assert not is_public("user:allUsers@x.org")
    assert not is_public(UNKNOWN)


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        ("gcp:projects/iAMMember:IAMMember", {"member": UNKNOWN}, "member"),
        ("gcp:projects/iAMBinding:IAMBinding", {"members": [UNKNOWN]}, "members[0]"),
    ],
)
def test_a_member_that_the_stack_s_own_account_will_be(
    token: str, inputs: dict[str, Any], path: str
) -> None:
    stack = Stack("s", "p")
    account = Resource(f"urn:pulumi:s::p::{ACCOUNTS[0]}::api", ResourceType(ACCOUNTS[0]), {}, stack)
    stack.add(account)
    given_by = Resource(
        f"urn:pulumi:s::p::{token}::n",
        ResourceType(token),
        {"role": VIEWER, **inputs},
        stack,
        property_dependencies={path.partition("[")[0]: (account.urn,)},
    )
    assert list(read_grants(given_by)) == [Grant(VIEWER, SERVICE_ACCOUNT, path)]
    assert not is_public(SERVICE_ACCOUNT)
