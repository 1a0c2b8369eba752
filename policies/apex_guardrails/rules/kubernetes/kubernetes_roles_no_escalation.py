"""Roles of a cluster do not let who has them take other roles or accounts."""

from collections.abc import Iterator
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import (
    ROLES,
    allows,
    each_object,
    in_lists_too,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule
from apex_guardrails.model.view import View

_RBAC: Final = "rbac.authorization.k8s.io"
_OF_ROLES: Final = ("roles", "clusterroles")
_OF_ACCOUNTS: Final = ("users", "groups", "serviceaccounts")
_WAYS: Final = (
    ("escalate", _RBAC, _OF_ROLES),
    ("bind", _RBAC, _OF_ROLES),
    ("impersonate", "", _OF_ACCOUNTS),
)
"""A verb, the group of the API and the resources that it is of (Kubernetes documentation, "Role
Based Access Control Good Practices", 2026-11)."""


@rule(
    severity="medium",
    on=ROLES,
    fix="Leave bind, escalate and impersonate out, or name in resourceNames what they are for.",
)
def kubernetes_roles_no_escalation(resource: Resource) -> Iterator[Violation]:
    """Kubernetes lets nobody grant more than he has; these verbs are the exceptions."""
    return Stack.each(each_object(resource), _look)


def _look(role: View) -> Iterator[Violation]:
    return Stack.each(role.each("rules"), _escalates)


def _escalates(allowed: View) -> Iterator[Violation]:
    for verb, group, resources in _WAYS:
        # Of all verbs on all resources another rule says that it is everything.
        is_said = allows(allowed, "verbs", verb) and allows(allowed, "resources", "*", *resources)
        is_meant = allows(allowed, "verbs", "*") and allows(allowed, "resources", *resources)
        if (is_said or is_meant) and allows(allowed, "apiGroups", "*", group):
            if not allowed.get("resourceNames"):
                yield allowed.fail(f"allows {verb}")
            return


def _role(verb: str, group: str, *resources: str, **lists: Any) -> dict[str, Any]:
    return {
        "rules": [{"apiGroups": [group], "resources": list(resources), "verbs": [verb], **lists}]
    }


_LISTS: Final = ("apiGroups", "resources", "verbs")
_CASES = [
    case.fails(**_role("escalate", _RBAC, "clusterroles")),
    case.passes(**_role("get", _RBAC, "roles", "clusterroles")),
    *(
        case.fails(**_role(given, of, resource))
        for verb, group, resources in _WAYS
        for resource in resources
        for given, of in ((verb, group), (verb, "*"), ("*", group))
    ),
    *(case.fails(**_role(verb, group, "*")) for verb, group, _ in _WAYS),
    *(case.passes(**_role("*", group, "*")) for _, group, _ in _WAYS),
    *(case.passes(**_role(verb, "apps", *resources)) for verb, _, resources in _WAYS),
    *(case.passes(**_role(verb, group, "pods")) for verb, group, _ in _WAYS),
    case.passes(**_role("bind", _RBAC, "clusterroles", resourceNames=["view"])),
    case.fails(**_role("bind", _RBAC, "clusterroles", resourceNames=[])),
    case.undecided(**_role("bind", _RBAC, "clusterroles", resourceNames=UNKNOWN)),
    *(case.undecided(**_role("bind", _RBAC, "roles", **{name: UNKNOWN})) for name in _LISTS),
    *(case.undecided(**_role("bind", _RBAC, "roles", **{name: [UNKNOWN]})) for name in _LISTS),
    *(case.passes(**_role("bind", _RBAC, "roles", **{name: None})) for name in _LISTS),
    case.passes(rules=[{}]),
    case.passes(),
    case.undecided(rules=UNKNOWN),
    case.fails(rules=[UNKNOWN, *_role("bind", _RBAC, "roles")["rules"]]),
    case.fails(
        case.resource(
            "kubernetes:rbac.authorization.k8s.io/v1:Role", **_role("bind", _RBAC, "roles")
        )
    ),
]
CASES = list(in_lists_too(ROLES[2], _CASES))
