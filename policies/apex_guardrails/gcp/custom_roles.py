"""Custom roles: those of the stack itself say what they allow, others' names do not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apex_guardrails.gcp.policy_data import POLICY_DATA
from apex_guardrails.gcp.types import ORGANIZATIONS_IAM_CUSTOM_ROLE, PROJECTS_IAM_CUSTOM_ROLE
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value

_OWNERS = {
    PROJECTS_IAM_CUSTOM_ROLE: ("projects", "project"),
    ORGANIZATIONS_IAM_CUSTOM_ROLE: ("organizations", "orgId"),
}
"""By type: what its roles' names begin with, and the input that says whose they are."""

CUSTOM_ROLES = tuple(_OWNERS)

# IAM documentation, "Roles and permissions": names of custom roles, 2026-11.
_NAME = re.compile(r"(projects|organizations)/([^/]+)/roles/([^/]+)")


def is_custom(role: Value) -> bool:
    """Whether a role's name is that of a custom role."""
    return isinstance(role, str) and _NAME.fullmatch(role.strip()) is not None


def custom_roles(grant: Resource, role: Value) -> Iterator[Resource]:
    """The custom roles of the stack that the role of a grant is, or may be.

    A role that is not known is one of them where it is made from their outputs; one that is known,
    where it has their name.

    Raises:
        DependenciesUnknownError: the source does not know the stack yet.
    """
    if role is UNKNOWN:
        path = POLICY_DATA if grant.type.token.endswith("Policy") else "role"
        yield from grant.referred(path, *CUSTOM_ROLES)
    elif isinstance(role, str) and (name := _NAME.fullmatch(role.strip())):
        # Which resources there are is known when what they are made from is.
        list(grant.sources("role"))
        collection, owner, role_id = name.groups()
        roles = grant.stack.once(_by_name)
        yield from roles.get((collection, owner, role_id), ())
        yield from roles.get((collection, _NOT_KNOWN, role_id), ())


_NOT_KNOWN = ""


def _by_name(stack: Stack) -> dict[tuple[str, str, str], list[Resource]]:
    """The stack's custom roles by the parts of their names."""
    roles: dict[tuple[str, str, str], list[Resource]] = {}
    for custom in stack.of_type(*CUSTOM_ROLES):
        collection, path = _OWNERS[custom.type.token]
        # Omitted: the provider's own project.
        given = custom.peek(path) or custom.provider.get(path)
        owner = given.rpartition("/")[2] if isinstance(given, str) else _NOT_KNOWN
        role_id = custom.peek("roleId")
        if isinstance(role_id, str):
            roles.setdefault((collection, owner, role_id), []).append(custom)
    return roles
