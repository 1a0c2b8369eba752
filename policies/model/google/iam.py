"""Who is granted which role, however the program writes it: member, binding or policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.model.resource import Resource, ResourceType, UndecidedError, View
from policies.model.value import Value, from_json, join_path, unwrap

PUBLIC = ("allUsers", "allAuthenticatedUsers")
"""The members that mean everybody, and everybody with any Google account."""

ACCOUNTS = (
    "gcp:serviceaccount/account:Account",
    "gcp:projects/serviceIdentity:ServiceIdentity",
)
"""The types whose outputs are service accounts, so that a member made from one is known to be."""

SERVICE_ACCOUNT = "serviceAccount:(known after deployment)"

_GRANT = re.compile(r"I[aA][mM](Member|Binding|Policy)$")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role for one member.

    Attributes:
        path: the input that names the member.
    """

    role: str
    member: str
    path: str


def is_grant(resource_type: ResourceType) -> bool:
    """Whether a type grants roles: `…IamMember`, `…IamBinding`, `…IamPolicy`, in any spelling."""
    return resource_type.package == "gcp" and bool(_GRANT.search(resource_type.token))


def is_public(member: Value) -> bool:
    """Whether a member is everybody."""
    return unwrap(member) in PUBLIC


def grants(resource: Resource) -> Iterator[Grant]:
    """The roles that a resource grants; a role or member that is not text is none.

    Raises:
        UndecidedError: after all that is known: a role, a member or a policy is not.
    """
    if resource.type.token.endswith("Policy"):
        yield from _policy(resource)
        return
    role = _text(resource.peek("role"))
    undecided: UndecidedError | None = None
    for member in _members(resource):
        try:
            given = member.get("")
        except UndecidedError as error:
            if any(resource.referred(member.path, *ACCOUNTS)):
                given = SERVICE_ACCOUNT
            else:
                undecided = error
                continue
        if isinstance(given, str):
            yield Grant(role, given, member.path)
    if undecided is not None:
        raise undecided
    resource.get("role")


def _members(resource: Resource) -> Iterator[View]:
    if resource.type.token.endswith("Member"):
        yield resource.at("member")
        return
    members = resource.get("members", omitted=())
    if isinstance(members, Sequence) and not isinstance(members, str):
        for index in range(len(members)):
            yield resource.at(join_path("members", index))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _policy(resource: Resource) -> Iterator[Grant]:
    text = resource.get("policyData", omitted="{}")
    try:
        content = from_json(text)
    except (ValueError, TypeError):
        return  # not a policy: Google refuses it
    for binding in _elements(content, "bindings"):
        for member in _elements(binding, "members"):
            if isinstance(member, str):
                yield Grant(_text(_member(binding, "role")), member, "policyData")


def _member(value: Value, name: str) -> Value:
    return value.get(name) if isinstance(value, Mapping) else None


def _elements(value: Value, name: str) -> Sequence[Value]:
    found = _member(value, name)
    return found if isinstance(found, list) else ()
