"""The cases of rules about grants, in every way that a program may write one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES
from apex_guardrails.gcp.everybody import PUBLIC
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.grades import Outcome
from apex_guardrails.model.value import Unknown

Given = tuple[str, str]
"""A role and a member."""

Parts = tuple[str | Unknown, ...]
"""What `case.concat` makes a member of."""

HARMLESS = ("roles/run.viewer", "group:team@example.org")


def grant_cases(
    types: Iterable[str],
    *,
    bad: Sequence[Given],
    needs: Sequence[Literal["role", "member"]],
    good: Sequence[Given] = (),
) -> Iterator[Case]:
    """The cases of a rule on these types: all grants on the first, on the others one each.

    What may not be known is tried on the first member, the first binding and the first policy.

    Args:
        types: Types of members, bindings and policies.
        bad: What the rule forbids.
        needs: What of a grant the rule goes by.
        good: What it allows, besides what is harmless.
    """
    tried = set()
    for number, token in enumerate(types):
        allowed, forbidden = (good, bad) if number == 0 else ((), bad[:1])
        for given in (HARMLESS, *allowed):
            yield case.passes(_grant(token, *given))
        for given in forbidden:
            yield case.fails(_grant(token, *given))
        way = next(way for way in ("Policy", "Binding", "Member") if token.endswith(way))
        if way in tried:
            continue
        tried.add(way)
        if way == "Policy":
            yield from _policy(token)
            yield from _partly_known_policy(token, *bad[0], needs)
        else:
            yield from _partly_known(token, *bad[0], needs)
        if way == "Binding":
            yield from _binding(token, *bad[0])


def short_grant_cases(
    types: Iterable[str],
    *,
    bad: Sequence[Given],
    needs: Sequence[Literal["role", "member"]],
) -> Iterator[Case]:
    """The cases of a rule with a check that others try in full: each outcome on each type.

    Args:
        types: Types of members, bindings and policies.
        bad: What the rule forbids; all of it is tried on the first type.
        needs: What of a grant the rule goes by.
    """
    role, member = bad[0]
    for number, token in enumerate(types):
        yield case.passes(_grant(token, *HARMLESS))
        for given in bad if number == 0 else bad[:1]:
            yield case.fails(_grant(token, *given))
        if token.endswith("Policy"):
            yield case.passes(case.resource(token))
            yield case.undecided(case.resource(token, policyData=case.UNKNOWN))
        elif "role" in needs:
            yield case.undecided(_grant(token, case.UNKNOWN, member))
        else:
            yield case.undecided(_grant(token, role, case.UNKNOWN))


def custom_role_cases(
    types: Iterable[str], member: str, permissions: Sequence[str]
) -> Iterator[Case]:
    """The cases of a rule that forbids custom roles of the stack with some permissions."""
    harmless, project = "run.services.get", CUSTOM_ROLES[0]
    for number, token in enumerate(types):
        named = _grant(token, "projects/p/roles/app", member)
        yield case.fails(named, _custom(project, harmless, permissions[0], project="p"))
        yield case.passes(named, _custom(project, harmless, project="p"))
        if number == 0:
            yield from _by_name(named, permissions)
            of_organization = _grant(token, "organizations/1/roles/app", member)
            for org_id in ("1", "organizations/1"):
                role = _custom(CUSTOM_ROLES[1], permissions[0], orgId=org_id)
                yield case.fails(of_organization, role)
        if number in (0, 1):
            yield from _by_output(token, member, permissions[0], harmless)


def partly_known_cases(
    token: str,
    *,
    passes: Iterable[Parts] = (),
    fails: Iterable[Parts] = (),
    undecided: Iterable[Parts] = (),
    role: str = HARMLESS[0],
) -> Iterator[Case]:
    """Cases of members that a program puts together, of which only parts are known."""
    for outcome, members in (
        (Outcome.PASSES, passes),
        (Outcome.FAILS, fails),
        (Outcome.UNDECIDED, undecided),
    ):
        for parts in members:
            yield Case(outcome, [_grant(token, role, case.concat(*parts))])


def public_entry_cases(token: str, path: str, good: str, **others: object) -> Iterator[Case]:
    """The cases of a rule on a resource that names whom something is shared with, in one input."""
    for public in (*PUBLIC, PUBLIC[0].upper()):
        yield case.fails(case.CaseResource(token, {path: public, **others}))
    yield case.passes(case.CaseResource(token, {path: good, **others}))
    yield case.passes(case.CaseResource(token, others))
    yield case.undecided(case.CaseResource(token, {path: case.UNKNOWN, **others}))


def public_list_cases(
    token: str, path: str, *, bad: Sequence[object], good: Sequence[object]
) -> Iterator[Case]:
    """The cases of a rule on a resource with a list of entries, some of which it forbids."""

    def of(entries: object) -> case.CaseResource:
        return case.CaseResource(token, {path: entries})

    for entry in bad:
        yield case.fails(of([good[0], entry]))
        yield case.fails(of([case.UNKNOWN, entry]))
    for entry in good:
        yield case.passes(of([entry]))
    yield case.passes(of([]))
    yield case.passes(case.resource(token))
    yield case.undecided(of([case.UNKNOWN]))
    yield case.undecided(of(case.UNKNOWN))


def _by_name(named: case.CaseResource, permissions: Sequence[str]) -> Iterator[Case]:
    project, permission = CUSTOM_ROLES[0], permissions[0]
    for each in permissions:
        yield case.fails(named, _custom(project, each, project="p"))
    yield case.passes(named, _custom(project, permission, project="another"))
    yield case.passes(named, _custom(project, permission, roleId="other", project="p"))
    yield case.passes(named, _custom(CUSTOM_ROLES[1], permission, orgId="p"))
    yield case.fails(named, _custom(project, permission))
    yield case.fails(named, _custom(project, permission, project=case.UNKNOWN))
    yield case.undecided(named, _custom(project, case.UNKNOWN, project="p"))
    for provider, making in (("p", case.fails), ("another", case.passes)):
        role = case.resource(
            project, _provider={"project": provider}, roleId="app", permissions=[permission]
        )
        yield making(named, role)


def _by_output(token: str, member: str, permission: str, harmless: str) -> Iterator[Case]:
    for kind in CUSTOM_ROLES:
        given = _grant(token, case.output_of("role"), member)
        yield case.passes(given, _custom(kind, harmless))
        yield case.passes(given, case.resource(kind, "role", roleId="app"))
        yield case.fails(given, _custom(kind, permission))
        yield case.fails(given, _custom(kind, case.UNKNOWN, permission))
        yield case.undecided(given, _custom(kind, case.UNKNOWN))
        yield case.undecided(given, case.CaseResource(kind, {"permissions": case.UNKNOWN}, "role"))


def _custom(token: str, *permissions: object, **inputs: object) -> case.CaseResource:
    """A custom role of the stack, with the id `app` unless told otherwise."""
    given = {"roleId": "app", "permissions": list(permissions), **inputs}
    return case.CaseResource(token, given, "role")


def _grant(token: str, role: object, member: object) -> case.CaseResource:
    """A resource that grants a role; one that names no role or nobody, for `None`."""
    if token.endswith("Policy"):
        return case.resource(token, policyData=policy((str(role), str(member))))
    inputs: dict[str, Any] = {} if role is None else {"role": role}
    if member is not None:
        is_one = token.endswith("Member")
        inputs["member" if is_one else "members"] = member if is_one else [member]
    return case.CaseResource(token, inputs)


def policy(*grants: Given) -> str:
    """The JSON text of an IAM policy."""
    bindings = [{"role": role, "members": [HARMLESS[1], member]} for role, member in grants]
    return json.dumps({"bindings": bindings})


def _partly_known(token: str, role: str, member: str, needs: Sequence[str]) -> Iterator[Case]:
    def when(part: str, outcome: Outcome) -> Outcome:
        return outcome if part in needs else Outcome.FAILS

    for outcome, given in (
        (when("role", Outcome.UNDECIDED), _grant(token, case.UNKNOWN, member)),
        (when("member", Outcome.UNDECIDED), _grant(token, role, case.UNKNOWN)),
        (when("role", Outcome.PASSES), _grant(token, None, member)),
    ):
        yield Case(outcome, [given])
    other, who = (HARMLESS[0], case.UNKNOWN) if "role" in needs else (case.UNKNOWN, HARMLESS[1])
    yield case.passes(_grant(token, other, who))
    if token.endswith("Member"):
        yield Case(when("member", Outcome.PASSES), [_grant(token, role, None)])
    else:
        unknown = case.resource(token, role=role, members=case.UNKNOWN)
        yield Case(when("member", Outcome.UNDECIDED), [unknown])


def _binding(token: str, role: str, member: str) -> Iterator[Case]:
    yield case.fails(case.resource(token, role=role, members=[HARMLESS[1], member]))
    yield case.fails(case.resource(token, role=role, members=[case.UNKNOWN, member]))
    yield case.passes(case.resource(token, role=role, members=[]))
    yield case.passes(case.resource(token, role=role))


def _partly_known_policy(
    token: str, role: str, member: str, needs: Sequence[str]
) -> Iterator[Case]:
    """Policies as `Output.json_dumps` makes them, where some is an output."""

    def given(role: str | Unknown, *members: str | Unknown) -> case.CaseResource:
        hole = case.UNKNOWN
        parts: list[str | Unknown] = ['{"bindings": [{"role": ']
        parts += [role if role is hole else json.dumps(role), ', "members": [']
        for number, each in enumerate(members):
            parts += [", "] if number else []
            parts += [each if each is hole else json.dumps(each)]
        return case.resource(token, policyData=case.concat(*parts, "]}]}"))

    def undecided_by(part: str) -> Outcome:
        return Outcome.UNDECIDED if part in needs else Outcome.FAILS

    yield case.fails(given(role, case.UNKNOWN, member))
    yield case.fails(given(role, member, case.UNKNOWN))
    yield Case(undecided_by("member"), [given(role, case.UNKNOWN)])
    yield Case(undecided_by("role"), [given(case.UNKNOWN, member)])
    harmless = f'{{"bindings": [{{"role": "{HARMLESS[0]}", "members": ["group:'
    yield case.passes(case.resource(token, policyData=case.concat(harmless, case.UNKNOWN, '"]}]}')))
    begun = f'{{"bindings": [{{"role": {json.dumps(role)}, "members": ["group:'
    ended = f'", {json.dumps(member)}]}}]}}'
    yield case.fails(case.resource(token, policyData=case.concat(begun, case.UNKNOWN, ended)))
    for rest in ('{"bindings": [', '{"bindings": '):
        unknown = case.concat(rest, case.UNKNOWN, "]}" if rest.endswith("[") else "}")
        yield case.undecided(case.resource(token, policyData=unknown))


def _policy(token: str) -> Iterator[Case]:
    for nothing in ("{}", "[]", "not JSON"):
        yield case.passes(case.resource(token, policyData=nothing))
    yield case.passes(case.resource(token))
    yield case.undecided(case.resource(token, policyData=case.UNKNOWN))
