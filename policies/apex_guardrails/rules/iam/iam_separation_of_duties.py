"""Whoever administers keys or service accounts does not use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES
from apex_guardrails.gcp.grant_types import LEVEL_GRANTS, grant_types
from apex_guardrails.gcp.iam import ACCOUNTS, SERVICE_ACCOUNT, Grant, find_powerful, read_grants
from apex_guardrails.gcp.types import FOLDER_IAM_MEMBER, ORGANIZATIONS_PROJECT
from apex_guardrails.model import (
    UNKNOWN,
    Resource,
    Stack,
    UndecidedError,
    Violation,
    case,
    name_of,
)
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.grant_cases import policy
from apex_guardrails.rules.families.table import RuleRow, RuleTable

TARGETS = {
    token: name
    for stem, name in (
        ("projects/iAM", "project"),
        ("folder/iAM", "folder"),
        ("organizations/iAM", "orgId"),
        ("kms/keyRingIAM", "keyRingId"),
        ("kms/cryptoKeyIAM", "cryptoKeyId"),
    )
    for token in grant_types(stem)
}
"""The input that names what a role is granted on."""


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Two duties that one principal should not have together.

    Attributes:
        admins: the roles of the first; `administering` are permissions that a custom role has then.
        users: the roles of the second, and `using` its permissions.
        on: the types that grant them.
    """

    admins: tuple[str, ...]
    administering: tuple[str, ...]
    users: tuple[str, ...]
    using: tuple[str, ...]
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Holder:
    grant: Resource
    path: str
    scope: tuple[str, object] | None


def _check(duties: Duties) -> Check:
    def check(stack: Stack) -> Iterator[Violation]:
        admins: defaultdict[str, list[_Holder]] = defaultdict(list)
        users: defaultdict[str, list[_Holder]] = defaultdict(list)
        unknown: UndecidedError | None = None
        for grant in stack.of_type(*duties.on):
            for holders, roles, permissions in (
                (admins, duties.admins, duties.administering),
                (users, duties.users, duties.using),
            ):
                try:
                    for given, _ in find_powerful(
                        read_grants(grant), roles.__contains__, permissions.__contains__
                    ):
                        _take_in(holders, grant, given)
                except UndecidedError as undecided:
                    unknown = undecided
        yield from _both(admins, users)
        if unknown is not None:
            raise unknown

    return check


def _both(
    admins: Mapping[str, Sequence[_Holder]], users: Mapping[str, Sequence[_Holder]]
) -> Iterator[Violation]:
    for principal in sorted(admins.keys() & users.keys()):
        for user in users[principal]:
            if any(_may_overlap(user, admin) for admin in admins[principal]):
                name = name_of(principal)
                yield user.grant.fail(f"lets {name} use what it administers", at=user.path)


def _take_in(holders: defaultdict[str, list[_Holder]], grant: Resource, given: Grant) -> None:
    """Notes whom a grant names: a member, or those of the stack's accounts that it is made from."""
    is_ours = given.member == SERVICE_ACCOUNT
    accounts = [account.urn for account in grant.referred(given.path, *ACCOUNTS)] if is_ours else []
    for principal in accounts or [given.member]:
        holders[principal].append(_Holder(grant, given.path, _scope(grant)))


def _scope(grant: Resource) -> tuple[str, object] | None:
    """What a grant is about: a kind and which one; `None` where that cannot be told."""
    name = TARGETS[grant.type.token]
    value = grant.peek(name)
    if value is UNKNOWN:
        value = sorted(source.urn for source in grant.sources(name))
    return (name, value) if value else None


def _may_overlap(one: _Holder, other: _Holder) -> bool:
    """Whether two grants may be about the same: not so for two projects, say, or two keys."""
    if one.scope is None or other.scope is None or one.scope[0] != other.scope[0]:
        return True
    return one.scope == other.scope


def _cases(duties: Duties) -> Iterator[Case]:
    member, binding, whole = duties.on[:3]
    admin, user = duties.admins[0], duties.users[0]
    someone, other = "user:a@example.org", "user:b@example.org"

    def gives(role: object, to: object = someone, **where: str) -> case.CaseResource:
        inputs = {} if to is None else {"member": to}
        return case.CaseResource(member, {"role": role, **inputs, **where})

    for role in duties.users:
        yield case.fails(gives(admin), gives(role))
    yield case.fails(gives(user), gives(admin))
    for grant in (
        case.resource(binding, role=user, members=[other, someone]),
        case.resource(whole, policyData=policy((user, someone))),
        *(
            case.resource(token, role=user, member=someone)
            for token in duties.on
            if token.endswith("Member")
        ),
    ):
        yield case.fails(gives(admin), grant)
    yield case.fails(case.resource(whole, policyData=policy((user, someone), (admin, someone))))
    yield case.passes(gives(admin), gives(user, other))
    yield case.passes(gives(admin), gives("roles/run.viewer"))
    yield case.passes(gives(admin), gives(admin))
    yield case.passes(gives(user), gives(user))
    yield case.passes(gives(admin, project="a"), gives(user, project="b"))
    yield case.fails(gives(admin, project="a"), gives(user, project="a"))
    yield case.fails(gives(admin, project="b"), gives(admin, project="a"), gives(user, project="a"))
    yield case.fails(gives(admin, project="a"), gives(user))
    yield case.fails(gives(admin), gives(user, project="a"))
    yield case.fails(
        gives(admin, project="a"),
        case.resource(FOLDER_IAM_MEMBER, role=user, member=someone, folder="a"),
    )
    yield from _cases_of_outputs(duties)
    yield from _cases_of_custom_roles(duties)
    yield case.undecided(gives(admin), gives(case.UNKNOWN))
    yield case.undecided(gives(admin), gives(user, case.UNKNOWN))
    yield case.fails(gives(case.UNKNOWN), gives(admin), gives(user))
    yield case.passes(gives("roles/run.viewer", case.UNKNOWN), gives(admin))
    yield case.undecided(case.resource(whole, policyData=case.UNKNOWN))
    yield case.passes(case.resource(whole))


def _cases_of_outputs(duties: Duties) -> Iterator[Case]:
    """The stack's own accounts, and what the roles are granted on, known by their resources."""
    member, binding, _ = duties.on[:3]
    admin, user = duties.admins[0], duties.users[0]
    account = case.resource(ACCOUNTS[0], "account", accountId="deploy")
    another = case.resource(ACCOUNTS[0], "another", accountId="deploy-2")
    whoever = "user:a@example.org"
    project = ORGANIZATIONS_PROJECT
    projects = [case.resource(project, name) for name in ("a", "b")]

    def gives(role: str, to: str) -> case.CaseResource:
        return case.resource(member, role=role, member=case.output_of(to))

    def within(role: str, where: object) -> case.CaseResource:
        return case.resource(member, role=role, member=whoever, project=where)

    yield case.fails(gives(admin, "account"), gives(user, "account"), account, another)
    yield case.passes(gives(admin, "account"), gives(user, "another"), account, another)
    members = [case.output_of("another"), case.output_of("account")]
    several = case.resource(binding, role=user, members=members)
    yield case.fails(gives(admin, "account"), several, account, another)
    first, second = case.output_of("a"), case.output_of("b")
    yield case.fails(within(admin, first), within(user, first), *projects)
    yield case.passes(within(admin, first), within(user, second), *projects)
    yield case.fails(within(admin, case.UNKNOWN), within(user, "b"))


def _cases_of_custom_roles(duties: Duties) -> Iterator[Case]:
    member = duties.on[0]

    def gives(role: object, to: str = "user:a@example.org") -> case.CaseResource:
        return case.resource(member, role=role, member=to)

    def custom(name: str, *permissions: object) -> case.CaseResource:
        return case.resource(CUSTOM_ROLES[0], name, permissions=list(permissions))

    one, other = case.output_of("one"), case.output_of("other")
    for admin in duties.administering:
        for user in duties.using:
            roles = custom("one", admin), custom("other", user)
            yield case.fails(gives(one), gives(other), *roles)
            yield case.passes(gives(one), gives(other, "user:b@example.org"), *roles)
            yield case.fails(gives(one), custom("one", admin, user))
        yield case.fails(gives(one), gives(duties.users[0]), custom("one", admin))
    yield case.passes(gives(one), gives(duties.users[0]), custom("one", "run.services.get"))
    nothing = case.resource(CUSTOM_ROLES[0], "one", roleId="app")
    yield case.passes(gives(one), gives(duties.users[0]), nothing)
    unknown = custom("one", case.UNKNOWN)
    yield case.undecided(gives(one), gives(duties.users[0]), unknown)
    wholly = case.resource(CUSTOM_ROLES[0], "one", permissions=case.UNKNOWN)
    yield case.undecided(gives(one), gives(duties.users[0]), wholly)
    yield case.fails(gives(one), gives(duties.users[0]), gives(duties.admins[0]), unknown)


ROWS = [
    RuleRow(
        id="iam-kms-separation",
        about=Duties(
            admins=("roles/cloudkms.admin",),
            administering=(
                "cloudkms.cryptoKeys.setIamPolicy",
                "cloudkms.keyRings.setIamPolicy",
            ),
            users=(
                "roles/cloudkms.cryptoKeyEncrypterDecrypter",
                "roles/cloudkms.cryptoKeyEncrypter",
                "roles/cloudkms.cryptoKeyDecrypter",
            ),
            using=(
                "cloudkms.cryptoKeyVersions.useToDecrypt",
                "cloudkms.cryptoKeyVersions.useToEncrypt",
            ),
            # Besides the catalogue's: key rings, whose grants hold for the keys in them.
            on=(*LEVEL_GRANTS, *grant_types("kms/keyRingIAM", "kms/cryptoKeyIAM")),
        ),
        severity="medium",
        title="No principal both administers encryption keys and uses them",
        why="One person could give themselves access to encrypted data, and hide it.",
        controls=("cis-gcp-4.0:1.11",),
    ),
    RuleRow(
        id="iam-service-account-admin-separation",
        about=Duties(
            admins=("roles/iam.serviceAccountAdmin",),
            administering=("iam.serviceAccounts.create", "iam.serviceAccounts.setIamPolicy"),
            users=("roles/iam.serviceAccountUser",),
            using=("iam.serviceAccounts.actAs",),
            on=LEVEL_GRANTS,
        ),
        severity="medium",
        title="No principal both administers service accounts and acts as them",
        why="One person could create an identity and act as it.",
        controls=("cis-gcp-4.0:1.8",),
    ),
]

RULES = RuleTable(
    on=lambda duties: (*duties.on, *CUSTOM_ROLES),
    check=_check,
    fix="Give the two duties to different principals.",
    scope="stack",
    cases=_cases,
).rules(__name__, ROWS)
