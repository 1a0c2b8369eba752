"""Grants to everybody: one check, and its cases, for the rules of every service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.model import case
from policies.model.case import Case
from policies.model.complaint import Complaint
from policies.model.google.iam import grants, is_public
from policies.model.resource import Resource


def public_members(grant: Resource) -> Iterator[Complaint]:
    """The members of a grant that are everybody.

    Raises:
        UndecidedError: after all that is known: a member is not.
    """
    for given in grants(grant):
        if is_public(given.member):
            yield grant.fail(f"grants {given.shown_role} to {given.member}", at=given.path)


def public_member_cases(tokens: Iterable[str]) -> Iterator[Case]:
    """The cases of a rule that forbids public members on these types."""
    for token in tokens:
        if token.endswith("Member"):
            yield from _member(token)
        elif token.endswith("Binding"):
            yield from _binding(token)
        else:
            yield from _policy(token)


def _member(token: str) -> Iterator[Case]:
    someone = "group:a@example.org"
    yield case.passes(case.resource(token, role="roles/viewer", member=someone))
    yield case.passes(case.resource(token, member="user:a@example.org"))
    yield case.passes(case.resource(token, role="roles/viewer"))
    yield case.passes(case.resource(token, role=case.UNKNOWN, member=someone))
    yield case.fails(case.resource(token, role="roles/viewer", member="allUsers"))
    yield case.fails(case.resource(token, role="roles/viewer", member="allAuthenticatedUsers"))
    yield case.fails(case.resource(token, member="allUsers"))
    yield case.fails(case.resource(token, role=case.UNKNOWN, member="allUsers"))
    yield case.undecided(case.resource(token, role="roles/viewer", member=case.UNKNOWN))


def _binding(token: str) -> Iterator[Case]:
    yield case.fails(case.resource(token, role="r", members=["a", "allUsers"]))
    yield case.passes(case.resource(token, role="r", members=["a"]))
    yield case.passes(case.resource(token, role="r", members=[]))
    yield case.passes(case.resource(token, role="r"))
    yield case.undecided(case.resource(token, role="r", members=case.UNKNOWN))
    yield case.undecided(case.resource(token, members=[case.UNKNOWN]))


def _policy(token: str) -> Iterator[Case]:
    public = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'
    yield case.fails(case.resource(token, policyData=public))
    yield case.passes(case.resource(token, policyData="{}"))
    yield case.passes(case.resource(token))
    yield case.undecided(case.resource(token, policyData=case.UNKNOWN))
