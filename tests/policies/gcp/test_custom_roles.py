"""A custom role of the stack is found by its outputs and by its name, and says what it allows."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES, custom_roles, is_custom
from apex_guardrails.gcp.iam import find_powerful, read_grants
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.model.view import DependenciesUnknownError

MEMBER = "gcp:projects/iAMMember:IAMMember"
NAME = "projects/shop/roles/deployer"


def stack_of(
    role: Any, *, dependencies: tuple[str, ...] | None = (), **inputs: Any
) -> tuple[Resource, Resource]:
    """A grant of a role, in a stack with a custom role; the dependencies are the grant's."""
    stack = Stack("s", "p")
    custom = Resource("urn:pulumi:s::p::r::deployer", ResourceType(CUSTOM_ROLES[0]), inputs, stack)
    grant = Resource(
        "urn:pulumi:s::p::g::grant",
        ResourceType(MEMBER),
        {"role": role, "member": "group:team@example.org"},
        stack,
        property_dependencies=None if dependencies is None else {"role": dependencies},
    )
    stack.add(grant).add(custom)
    return grant, custom


OURS: dict[str, Any] = {"roleId": "deployer", "project": "shop"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (NAME, True),
        (f" {NAME}\n", True),
        ("organizations/123/roles/deployer", True),
        ("roles/owner", False),
        ("projects/shop/roles/", False),
        ("projects/shop/roles/a/b", False),
        (UNKNOWN, False),
        (None, False),
    ],
)
def test_which_names_are_those_of_custom_roles(role: Any, *, expected: bool) -> None:
    assert is_custom(role) is expected


@pytest.mark.parametrize(
    ("role", "inputs", "found"),
    [
        (NAME, OURS, True),
        (NAME, {"roleId": "deployer"}, True),
        (NAME, {"roleId": "deployer", "project": UNKNOWN}, True),
        (NAME, OURS | {"roleId": "other"}, False),
        (NAME, OURS | {"project": "blog"}, False),
        ("organizations/shop/roles/deployer", OURS, False),
        ("roles/deployer", OURS, False),
        (UNKNOWN, OURS, False),
    ],
)
def test_a_role_of_the_stack_by_name(role: Any, inputs: dict[str, Any], *, found: bool) -> None:
    grant, custom = stack_of(role, **inputs)

    assert list(custom_roles(grant, role)) == ([custom] if found else [])


def test_a_role_of_the_stack_by_its_output() -> None:
    grant, custom = stack_of(UNKNOWN, dependencies=("urn:pulumi:s::p::r::deployer",))

    assert list(custom_roles(grant, UNKNOWN)) == [custom]


@pytest.mark.parametrize("role", [UNKNOWN, NAME])
def test_which_roles_there_are_is_not_guessed_before_the_stack_is_known(role: Any) -> None:
    grant, _ = stack_of(role, dependencies=None, **OURS)
    [given] = read_grants(grant)

    with pytest.raises(DependenciesUnknownError):
        assert given.role
    # Whom it goes to is known all the same.
    assert given.member == "group:team@example.org"


def test_the_permission_is_named() -> None:
    permissions = ["run.services.get", "iam.serviceAccounts.actAs"]
    grant, _ = stack_of(NAME, **OURS, permissions=permissions)

    found = find_powerful(
        read_grants(grant), "roles/owner".__eq__, "iam.serviceAccounts.actAs".__eq__
    )

    assert [what for _, what in found] == ["iam.serviceAccounts.actAs by the custom role deployer"]


def test_permissions_that_are_not_known_leave_the_role_undecided() -> None:
    grant, _ = stack_of(NAME, **OURS, permissions=["run.services.get", UNKNOWN])

    found = find_powerful(
        read_grants(grant), "roles/owner".__eq__, "iam.serviceAccounts.actAs".__eq__
    )

    with pytest.raises(UndecidedError) as undecided:
        list(found)
    assert undecided.value.path == "role"
