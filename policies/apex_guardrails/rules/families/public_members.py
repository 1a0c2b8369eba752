"""Grants to everybody: one check, and its cases, for the rules of every service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from apex_guardrails.gcp.everybody import PUBLIC
from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.gcp.iam import ACCOUNTS, is_google, read_grants
from apex_guardrails.gcp.run import INVOKER_ROLE
from apex_guardrails.gcp.types import LOGGING_PROJECT_SINK
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.grant_cases import (
    grant_cases,
    partly_known_cases,
    short_grant_cases,
)
from apex_guardrails.rules.families.table import RuleTable


def public_members(grant: Resource, public: Sequence[str] = PUBLIC) -> Iterator[Violation]:
    """The members of a grant that are everybody.

    Raises:
        UndecidedError: after all that is known: a member is not.
    """
    for given in read_grants(grant):
        if given.given_member is UNKNOWN and _is_made_by_google(grant, given.path):
            continue
        if given.everybody in public:
            yield grant.fail(f"grants {given.shown_role} to {given.everybody}", at=given.path)


def _is_made_by_google(grant: Resource, path: str) -> bool:
    """Whether an input comes from a resource's output: a sink's writer, a pool's subject, an agent.

    Everybody is a constant, which no output of Google Cloud holds. Where another source is among
    them, such as another stack, it may be the one of this member.

    Raises:
        DependenciesUnknownError: the source does not know yet.
    """
    sources = list(grant.source_types(path))
    return bool(sources) and all(map(is_google, sources))


def public_member_cases(
    types: Sequence[str], public: Sequence[str] = PUBLIC, good: Sequence[str] = ()
) -> Iterator[Case]:
    """The cases of a rule that forbids public members on these types: members, bindings, …."""
    yield from grant_cases(
        types,
        good=[(INVOKER_ROLE, member) for member in ("user:allUsers@example.org", *good)],
        bad=[(INVOKER_ROLE, member) for member in public]
        + [(INVOKER_ROLE, f" {public[0].upper()} ")],
        needs=["member"],
    )
    yield from _computed_cases(types, INVOKER_ROLE, public[0])
    yield from partly_known_cases(
        types[0],
        passes=[("serviceAccount:", UNKNOWN), ("principalSet://iam.googleapis.com/", UNKNOWN)],
        undecided=[(" all", UNKNOWN), ("principalSet://", UNKNOWN), (UNKNOWN, "@example.org")],
    )


def _computed_cases(types: Sequence[str], role: str, everyone: str) -> Iterator[Case]:
    """Cases of outputs as members: of Google Cloud, of other stacks, beside each other."""
    made, other = case.output_of("made"), case.output_of("other")
    sink = case.resource(LOGGING_PROJECT_SINK, "made")
    account = case.resource(ACCOUNTS[0], "made")
    stack = case.resource("pulumi:pulumi:StackReference", "other")
    pet = case.resource("random:index/randomPet:RandomPet", "other")
    one = case.resource(types[0], role=role, member=made)
    yield case.passes(one, sink)
    yield case.passes(one, account)
    yield case.undecided(case.resource(types[0], role=role, member=other), pet)
    yield case.undecided(case.resource(types[0], role=role, member=other), stack)
    yield case.fails(case.resource(types[1], role=role, members=[made, everyone]), sink)
    several = case.resource(types[1], role=role, members=[made, other])
    for source in (sink, account):
        yield case.undecided(several, source, pet)
        yield case.undecided(several, source, stack)
        yield case.passes(several, source, case.resource(ACCOUNTS[1], "other"))
    known = case.concat("serviceAccount:", made)
    yield case.passes(case.resource(types[1], role=role, members=[made, known]), account)
    yield case.undecided(case.resource(types[1], role=role, members=[other, known]), account, stack)
    begun = f'{{"bindings": [{{"role": "{role}", "members": ["serviceAccount:'
    for parts, making in (
        ((begun, made, '"]}]}'), case.passes),
        ((begun, made, '", ', other, "]}]}"), case.undecided),
        ((begun, made, '", "', other, '"]}]}'), case.undecided),
        ((begun, made, '", "user:', other, '"]}]}'), case.passes),
    ):
        yield making(case.resource(types[2], policyData=case.concat(*parts)), account, stack)


def _row_cases(stems: Sequence[str]) -> Iterator[Case]:
    # All cases are run before each preview: once is enough for what all rows have in common.
    bad = [(INVOKER_ROLE, member) for member in PUBLIC]
    yield from short_grant_cases(grant_types(*stems)[:3], bad=bad, needs=["member"])


PUBLIC_MEMBERS: Final = RuleTable[Sequence[str]](
    on=lambda stems: grant_types(*stems),
    check=lambda _stems: public_members,
    fix="Remove the public member; grant the role to a group or a service account.",
    cases=_row_cases,
)
"""Rules about grants to everybody; a row is about types, as `grant_types` takes them."""
