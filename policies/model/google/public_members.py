"""Grants to everybody: one check, and its cases, for the rules of every service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policies.model.case import Case
from policies.model.complaint import Complaint
from policies.model.google.grant_cases import grant_cases
from policies.model.google.iam import PUBLIC, grants
from policies.model.resource import Resource


def public_members(grant: Resource, public: Sequence[str] = PUBLIC) -> Iterator[Complaint]:
    """The members of a grant that are everybody.

    Raises:
        UndecidedError: after all that is known: a member is not.
    """
    for given in grants(grant):
        if given.member in public:
            yield grant.fail(f"grants {given.shown_role} to {given.member}", at=given.path)


def public_member_cases(
    types: Iterable[str], public: Sequence[str] = PUBLIC, good: Sequence[str] = ()
) -> Iterator[Case]:
    """The cases of a rule that forbids public members on these types."""
    role = "roles/run.invoker"
    return grant_cases(
        types,
        good=[(role, member) for member in ("user:allUsers@example.org", *good)],
        bad=[(role, member) for member in public],
        needs=["member"],
    )
