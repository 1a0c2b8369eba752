"""Who is granted which role, however the program writes it: member, binding or policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from apex_guardrails.gcp.custom_roles import custom_roles
from apex_guardrails.gcp.everybody import everybody, may_begin_everybody
from apex_guardrails.gcp.policy_data import POLICY_DATA, policy_grants
from apex_guardrails.gcp.types import PROJECTS_SERVICE_IDENTITY, SERVICEACCOUNT_ACCOUNT
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, KnownParts, Value
from apex_guardrails.model.view import UndecidedError, View

BASIC_ROLES = (
    "roles/owner",
    "roles/editor",
    "roles/viewer",
    "roles/admin",
    "roles/writer",
    "roles/reader",
)
"""The roles that allow nearly everything in nearly every service, the older three and the newer
(IAM documentation, "Basic roles", 2026-11). `roles/browser` is none: it shows which folders and
projects there are, and nothing in them."""


def is_basic(role: str) -> bool:
    """Whether a role is a basic one, however it is spelled."""
    return role.strip().lower() in BASIC_ROLES


ACCOUNTS = (SERVICEACCOUNT_ACCOUNT, PROJECTS_SERVICE_IDENTITY)
"""The types whose outputs are service accounts, so that a member made from one is known to be."""


def is_google(token: str) -> bool:
    """Whether it is a type of Google Cloud's provider, whose outputs Google Cloud makes."""
    return token.startswith("gcp:")


SERVICE_ACCOUNT = "serviceAccount:(known after deployment)"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role for one member, either of which may not be known yet.

    Attributes:
        path: the input that names the member.
        by: what grants it.
        known_parts: of a member that is not known.
    """

    given_role: Value
    given_member: Value
    path: str
    by: Resource | None = field(default=None, compare=False, repr=False)
    known_parts: KnownParts | None = None

    @property
    def role(self) -> str:
        """The role; "" where it is no text, or a custom role of the stack: `allows` tells of that.

        Raises:
            UndecidedError: it is not known before deployment.
            DependenciesUnknownError: the source does not know yet whether it is one of the stack.
        """
        if self.custom:
            return ""
        if self.given_role is UNKNOWN:
            raise UndecidedError(self.role_path, self.by)
        return _text(self.given_role)

    @property
    def custom(self) -> tuple[Resource, ...]:
        """The custom roles of the stack that the role is, or may be.

        Raises:
            DependenciesUnknownError: the source does not know yet.
        """
        # Nearly every role is one of Google's.
        if self.by is None or (
            isinstance(self.given_role, str) and self.given_role.startswith("roles/")
        ):
            return ()
        return tuple(custom_roles(self.by, self.given_role))

    def allows(self, is_meant: Callable[[str], bool]) -> str:
        """A permission that a custom role of the stack has, and the role; "" where it has none.

        Args:
            is_meant: Which permissions are asked for.

        Raises:
            UndecidedError: what the role allows is not known before deployment.
            DependenciesUnknownError: the source does not know yet whether it is one of the stack.
        """
        try:
            for role in self.custom:
                for permission in role.each("permissions"):
                    name = str(permission.get(""))
                    if is_meant(name):
                        return f"{name} by the custom role {role.name}"
        except UndecidedError:
            raise UndecidedError(self.role_path, self.by) from None
        return ""

    @property
    def member(self) -> str:
        """The member; "" where it is no text.

        Raises:
            UndecidedError: it is not known before deployment.
        """
        if self.given_member is UNKNOWN:
            raise UndecidedError(self.path, self.by)
        return _text(self.given_member)

    @property
    def kind(self) -> str:
        """What stands before the member's colon, such as `user`; "" where nothing does.

        Raises:
            UndecidedError: it is not known before deployment.
        """
        begins = (self.known_parts or ("",))[0] or ""
        kind, colon, _ = (begins if ":" in begins else self.member).partition(":")
        return kind if colon else ""

    def is_of_kind(self, kind: str) -> bool | None:
        """Whether it is of a kind; `None` where that is not known."""
        try:
            return self.kind == kind
        except UndecidedError:
            return None

    @property
    def everybody(self) -> str:
        """Which of `PUBLIC` the member is; "" for anybody else.

        Raises:
            UndecidedError: it is not known before deployment, and how it begins leaves it open.
        """
        begins = (self.known_parts or ("",))[0]
        if begins and not may_begin_everybody(begins):
            return ""
        return everybody(self.member)

    @property
    def address(self) -> str:
        """What follows the kind; of one that is known from its `@` on, with 0 for what is not.

        Raises:
            UndecidedError: its domain is not known before deployment.
        """
        parts = self.known_parts or (None,)
        is_enough = ":" in (parts[0] or "") and "@" in (parts[-1] or "")
        text = "".join(part or "0" for part in parts) if is_enough else self.member
        return text.partition(":")[2]

    @property
    def role_path(self) -> str:
        """The input that names the role."""
        return self.path if self.path == POLICY_DATA else "role"

    @property
    def shown_role(self) -> str:
        """The role's name for a message."""
        return _text(self.given_role) or "a role"


def find_powerful(
    given: Iterable[Grant],
    is_role: Callable[[str], bool],
    is_permission: Callable[[str], bool],
) -> Iterator[tuple[Grant, str]]:
    """Grants of some roles, or of custom roles of the stack with some permissions.

    Returns:
        Each with the role, or the permission and the custom role, for a message.

    Raises:
        UndecidedError: after all that is known: a role, or what it allows, is not.
        DependenciesUnknownError: the source does not know yet which roles are the stack's.
    """
    unknown: UndecidedError | None = None
    for grant in given:
        try:
            what = grant.role if is_role(grant.role) else grant.allows(is_permission)
        except UndecidedError as undecided:
            unknown = unknown or undecided
            continue
        if what:
            yield grant, what
    if unknown is not None:
        raise unknown


def read_grants(resource: Resource) -> Sequence[Grant]:
    """The roles that a resource grants, those to members that are known first.

    Raises:
        UndecidedError: the policy is not known before deployment.
        DependenciesUnknownError: a member is not known, and the source does not know yet whose it
            is.
    """
    return resource.once(_grants)


def _grants(resource: Resource) -> Sequence[Grant]:
    known: list[Grant] = []
    unknown: list[Grant] = []
    for given in _written(resource):
        (unknown if given.given_member is UNKNOWN else known).append(given)
    if not unknown:
        return known
    accounts, others = _told_apart(resource, unknown)
    known += [replace(given, given_member=SERVICE_ACCOUNT, known_parts=None) for given in accounts]
    # What is known in part comes before what is not at all.
    return (*known, *sorted(others, key=lambda given: given.known_parts is None))


def _told_apart(resource: Resource, unknown: Sequence[Grant]) -> tuple[list[Grant], list[Grant]]:
    """Of members that are not known: those that are service accounts, and the others.

    Dependencies are those of all members together: what one begins with tells more.
    """
    sources = list(resource.source_types(unknown[0].path))
    left = sum(token in ACCOUNTS for token in sources)
    if left and all(map(is_google, sources)):
        left = len(unknown)
    kind = SERVICE_ACCOUNT.partition(":")[0]
    accounts: list[Grant] = []
    others: list[Grant] = []
    # Beside what comes from elsewhere each account is one member, and whoever begins so is it.
    for given in sorted(unknown, key=lambda given: given.is_of_kind(kind) is not True):
        is_account = len(accounts) < left and given.is_of_kind(kind) is not False
        (accounts if is_account else others).append(given)
    return accounts, others


def _written(resource: Resource) -> Iterator[Grant]:
    """The grants as the program has them."""
    if resource.type.token.endswith("Policy"):
        for role, member, parts in policy_grants(resource):
            yield Grant(role, member, POLICY_DATA, resource, parts)
        return
    role = resource.peek("role")
    for view in _members(resource):
        member = view.peek("")
        parts = view.known_parts("") if member is UNKNOWN else None
        yield Grant(role, member, view.path, resource, parts)


def read_roles(resource: Resource) -> Sequence[Grant]:
    """The roles that a resource grants, each once, whomever it goes to.

    Raises:
        UndecidedError: the policy is not known before deployment.
    """
    return resource.once(_roles)


def _roles(resource: Resource) -> Sequence[Grant]:
    if resource.type.token.endswith("Policy"):
        return tuple({given.given_role: given for given in read_grants(resource)}.values())
    # All its members have one role; who they are need not be known.
    role = resource.peek("role")
    return tuple(
        Grant(role, UNKNOWN, view.path, resource) for view in islice(_members(resource), 1)
    )


def _members(resource: Resource) -> Iterator[View]:
    if resource.type.token.endswith("Member"):
        yield resource.at("member")
        return
    if resource.peek("members") is UNKNOWN:
        yield resource.at("members")
    yield from resource.elements("members")


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
