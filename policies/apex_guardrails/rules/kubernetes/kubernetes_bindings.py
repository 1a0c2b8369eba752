"""Who is bound to which role of a cluster: one rule for each group of people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import (
    BINDINGS,
    CLUSTER_BINDINGS,
    each_object,
    in_lists_too,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.table import RuleRow, RuleTable

_ANYBODY: Final = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated"})
"""On GKE whoever has a Google account is authenticated (GKE documentation, "Avoid default roles and
groups", 2026-11)."""

_ALL_ACCOUNTS: Final = "system:serviceaccounts"
_HARMLESS: Final = frozenset({"system:public-info-viewer", "system:discovery", "system:basic-user"})
"""What Kubernetes itself grants to them (Kubernetes documentation, "Using RBAC Authorization",
2026-11)."""

_ADMIN: Final = "cluster-admin"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a rule is about.

    Attributes:
        on: the types.
        is_role: whether it is about a role, by its name.
        whom: what is said of a subject that must not have it; "" for one that may.
        role: one that it is about.
        bad: subjects that fail.
        good: subjects that pass.
    """

    on: tuple[str, ...]
    is_role: Callable[[str], bool]
    whom: Callable[[View], str]
    role: str
    bad: tuple[dict[str, Any], ...]
    good: tuple[dict[str, Any], ...]


def _check(bound: Bound) -> Check:
    def look(binding: View) -> Iterator[Violation]:
        def subject(given: View) -> Iterator[Violation]:
            whom = bound.whom(given)
            if whom:
                role = str(binding.get("roleRef.name", omitted=""))
                if role and bound.is_role(role):
                    yield given.fail(f"binds {whom} to {role}")

        return Stack.each(binding.each("subjects"), subject)

    def check(resource: Resource) -> Iterator[Violation]:
        return Stack.each(each_object(resource), look)

    return check


def _anybody(subject: View) -> str:
    name = str(subject.get("name"))
    return name if name in _ANYBODY else ""


def _default_account(subject: View) -> str:
    name, kind = str(subject.get("name")), subject.get("kind")
    if kind == "ServiceAccount" and name == "default":
        return "the default service account"
    return "all service accounts" if name.startswith(_ALL_ACCOUNTS) else ""


def _own_cases(bound: Bound) -> Iterator[Case]:
    role = {"kind": "ClusterRole", "name": bound.role}

    def of(*subjects: Any, ref: Any = role) -> dict[str, Any]:
        return {"roleRef": ref, "subjects": list(subjects)}

    for subject in bound.bad:
        yield case.fails(**of(subject))
    for subject in bound.good:
        yield case.passes(**of(subject))
    bad = bound.bad[0]
    yield case.fails(**of(UNKNOWN, bound.good[0], bad))
    yield case.passes(**of(bad, ref={"kind": "ClusterRole", "name": "system:discovery"}))
    yield case.undecided(**of(bad, ref={"kind": "ClusterRole", "name": UNKNOWN}))
    yield case.undecided(**of({**bad, "name": UNKNOWN}))
    yield case.undecided(roleRef=role, subjects=UNKNOWN)
    yield case.passes(roleRef=role)
    yield case.passes(**of({"kind": "Group"}))
    yield case.undecided(
        **of({**bad, "kind": UNKNOWN}) if bad["kind"] == "ServiceAccount" else of(UNKNOWN)
    )
    yield case.passes(**of({"name": bound.good[0]["name"]}))
    yield case.passes(subjects=[bad])


def _cases(bound: Bound) -> Iterator[Case]:
    yield from in_lists_too(bound.on[2], _own_cases(bound))


_TEAM: Final = {"kind": "Group", "name": "platform@example.org"}

ROWS: Final = (
    RuleRow(
        id="kubernetes-no-roles-for-everybody",
        about=Bound(
            on=BINDINGS,
            is_role=lambda role: role not in _HARMLESS,
            whom=_anybody,
            role="view",
            bad=(
                {"kind": "Group", "name": "system:authenticated"},
                {"kind": "Group", "name": "system:unauthenticated"},
                {"kind": "User", "name": "system:anonymous"},
            ),
            good=(_TEAM,),
        ),
        severity="critical",
        title="No role of a cluster is bound to everybody",
        why="Everybody with a Google account is authenticated on GKE, and can use the role.",
        fix="Bind the role to a group of your own.",
    ),
    RuleRow(
        id="kubernetes-no-admin-for-default-account",
        about=Bound(
            on=CLUSTER_BINDINGS,
            is_role=lambda role: role == _ADMIN,
            whom=_default_account,
            role=_ADMIN,
            bad=(
                {"kind": "ServiceAccount", "name": "default", "namespace": "shop"},
                {"kind": "Group", "name": "system:serviceaccounts"},
                {"kind": "Group", "name": "system:serviceaccounts:kube-system"},
            ),
            good=(
                _TEAM,
                {"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"},
                {"kind": "User", "name": "default"},
            ),
        ),
        severity="high",
        title="Default service accounts are not administrators of the cluster",
        why="Every pod that names no account of its own can then do anything in the cluster.",
        fix="Make a service account for the one program that needs it, with a narrower role.",
    ),
)

RULES = RuleTable[Bound](on=lambda bound: bound.on, check=_check, cases=_cases).rules(
    __name__, ROWS
)
