"""Roles of a cluster name what they allow, without wildcards."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.cluster_objects import CLUSTER_ROLES, each_object, in_lists_too, violations
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule
from apex_guardrails.model.view import View

_EVERYTHING = ("apiGroups", "resources", "verbs")


@rule(
    severity="medium",
    on=CLUSTER_ROLES,
    fix="List the resources and verbs that the program needs.",
)
def kubernetes_roles_no_wildcards(resource: Resource) -> Iterator[Violation]:
    """Whoever has the role is administrator of the cluster, under another name."""
    return violations(each_object(resource), _look)


def _look(role: View) -> Iterator[Violation]:
    return violations(role.each("rules"), _is_everything)


def _is_everything(allowed: View) -> Iterator[Violation]:
    if all(any(item.get("") == "*" for item in allowed.each(name)) for name in _EVERYTHING):
        yield allowed.fail("allows everything")


def _role(**lists: Any) -> dict[str, Any]:
    return {"rules": [{**{name: ["*"] for name in _EVERYTHING}, **lists}]}


_CASES = [
    case.fails(**_role()),
    case.passes(**_role(resources=["pods"], verbs=["get", "list"], apiGroups=[""])),
    *(case.passes(**_role(**{name: ["apps"]})) for name in _EVERYTHING),
    *(case.undecided(**_role(**{name: UNKNOWN})) for name in _EVERYTHING),
    case.passes(rules=[{}]),
    *(case.passes(**_role(**{name: None})) for name in _EVERYTHING),
    case.passes(),
    case.undecided(rules=UNKNOWN),
    case.fails(rules=[UNKNOWN, *_role()["rules"]]),
]
CASES = list(in_lists_too(CLUSTER_ROLES[2], _CASES))
