"""Roles of a cluster allow neither everything nor every secret by a wildcard."""

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

_EVERYTHING: Final = ("apiGroups", "resources", "verbs")
_READS: Final = ("*", "get", "list", "watch")


@rule(
    severity="medium",
    on=ROLES,
    fix="List the resources and verbs that the program needs.",
)
def kubernetes_roles_no_wildcards(resource: Resource) -> Iterator[Violation]:
    """With every secret at hand, whoever has the role can act as any account there."""
    return Stack.each(each_object(resource), _look)


def _look(role: View) -> Iterator[Violation]:
    return Stack.each(role.each("rules"), _is_too_much)


def _is_too_much(allowed: View) -> Iterator[Violation]:
    if not allows(allowed, "resources", "*") or allowed.get("resourceNames"):
        return
    if allows(allowed, "apiGroups", "*") and allows(allowed, "verbs", "*"):
        yield allowed.fail("allows everything")
    # Secrets are of the core group, which has no name.
    elif allows(allowed, "apiGroups", "*", "") and allows(allowed, "verbs", *_READS):
        yield allowed.fail("allows reading every secret, by a wildcard")


def _role(**lists: Any) -> dict[str, Any]:
    return {"rules": [{**{name: ["*"] for name in _EVERYTHING}, **lists}]}


_CASES = [
    case.fails(**_role()),
    case.passes(**_role(resources=["pods"], verbs=["get", "list"], apiGroups=[""])),
    case.fails(**_role(apiGroups=["apps", ""])),
    *(case.fails(**_role(verbs=[verb])) for verb in _READS),
    case.fails(**_role(apiGroups=[""], verbs=["get"])),
    case.passes(**_role(verbs=["create", "delete"])),
    case.passes(**_role(apiGroups=["apps"])),
    case.passes(**_role(resources=["apps"])),
    case.passes(**_role(verbs=["apps"])),
    case.passes(**_role(resourceNames=["settings"])),
    case.fails(**_role(resourceNames=[])),
    case.undecided(**_role(resourceNames=UNKNOWN)),
    *(case.undecided(**_role(**{name: UNKNOWN})) for name in _EVERYTHING),
    *(case.undecided(**_role(**{name: [UNKNOWN]})) for name in _EVERYTHING),
    case.passes(rules=[{}]),
    *(case.passes(**_role(**{name: None})) for name in _EVERYTHING),
    case.passes(),
    case.undecided(rules=UNKNOWN),
    case.fails(rules=[UNKNOWN, *_role()["rules"]]),
    case.fails(case.resource("kubernetes:rbac.authorization.k8s.io/v1:Role", **_role())),
]
CASES = list(in_lists_too(ROLES[2], _CASES))
