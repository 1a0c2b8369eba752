"""Who may use what by IAM: everybody, or workloads by the service account that they run as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from apex_guardrails.gcp import functions, run
from apex_guardrails.gcp.accounts import MACHINE_ACCOUNT
from apex_guardrails.gcp.iam import Grant, read_grants
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE,
    SERVICEACCOUNT_ACCOUNT,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import DependenciesUnknownError, UndecidedError
from apex_guardrails.network.references import References
from apex_guardrails.network.terms import Access

if TYPE_CHECKING:
    from apex_guardrails.network.building import Builder

_ACCOUNT_PATHS: Final = {
    **run.ACCOUNT_PATHS,
    **functions.ACCOUNT_PATHS,
    COMPUTE_INSTANCE: MACHINE_ACCOUNT,
}


@dataclass
class Everybody:
    """Whether everybody is granted something.

    Attributes:
        is_granted: `None` where a member is not known before deployment.
        roles: of the grants to everybody.
        because: the grants, those that are not known among them.
    """

    is_granted: bool | None = False
    roles: list[str] = field(default_factory=list)
    because: list[Resource] = field(default_factory=list)


def read_members(
    references: References, types: Mapping[str, str], tokens: Sequence[str]
) -> dict[str, Everybody]:
    """What everybody may use, by URN.

    Args:
        references: finds what grants name.
        types: the types that grant roles, and the input that names what on.
        tokens: the types of what.
    """
    found: dict[str, Everybody] = {}
    for grant in references.stack.of_type(*types):
        public, role = _says(references, grant)
        if public is False:
            continue
        for resource in references.named(grant, types[grant.type.token], *tokens):
            known = found.setdefault(resource.urn, Everybody())
            known.because.append(grant)
            if public:
                known.is_granted = True
                known.roles.append(role)
            elif known.is_granted is False:
                known.is_granted = None
    return found


def _says(references: References, grant: Resource) -> tuple[bool | None, str]:
    """Whether a grant is to everybody, and of which role."""
    try:
        for given in read_grants(grant):
            try:
                public = given.everybody
            except UndecidedError:
                # Everybody is a constant, which no output of Google Cloud holds.
                if not _is_of_google(references, grant, given):
                    return None, ""
                continue
            if public:
                return True, given.shown_role
    except UndecidedError:
        return None, ""
    except DependenciesUnknownError:
        references.dependencies_unknown = True
        return None, ""
    return False, ""


def _is_of_google(references: References, grant: Resource, given: Grant) -> bool:
    sources = references.every_source(grant, given.path)
    return any(source.type.package == "gcp" for source in sources)


def add_users(builder: Builder, types: Mapping[str, str], tokens: Sequence[str]) -> None:
    """Edges from workloads to what IAM lets the account that they run as use."""
    by_account: defaultdict[str, list[str]] = defaultdict(list)
    for token, path in _ACCOUNT_PATHS.items():
        for workload in builder.stack.of_type(token):
            node = builder.has_node(workload)
            accounts = _accounts(builder, workload, path) if workload.is_set(path) else ()
            for account in accounts if node else ():
                if node:
                    by_account[account].append(node)
    for grant in builder.stack.of_type(*types) if by_account else ():
        names = {
            name
            for path in ("member", "members")
            if grant.is_set(path)
            for name in _accounts(builder, grant, path)
        }
        sources = dict.fromkeys(node for name in sorted(names) for node in by_account[name])
        if not sources:
            continue
        role = grant.peek("role")
        reason = f"IAM: {role}" if isinstance(role, str) else "IAM"
        for resource in builder.references.named(grant, types[grant.type.token], *tokens):
            target = builder.has_node(resource)
            for source in sources if target else ():
                if target and source != target:
                    builder.edge(source, target, Access.PRIVATE, reason, [grant])


def _accounts(builder: Builder, resource: Resource, path: str) -> Iterator[str]:
    """The URNs of the stack's service accounts that an input is made from, or its emails."""
    ours = (
        builder.references.sources(resource, path, SERVICEACCOUNT_ACCOUNT)
        if resource.peek(path) is UNKNOWN
        else ()
    )
    yield from (item.urn for item in ours)
    for leaf in resource.leaves(path):
        if isinstance(leaf.value, str):
            email = leaf.value.removeprefix("serviceAccount:")
            yield email
            yield from (item.urn for item in builder.references.of_email(resource, email))
