"""Objects of a Kubernetes cluster: their types in Pulumi, and where each has its pods.

Sources: the Kubernetes API reference (1.34) and the list of types of Pulumi's package kubernetes
(4.24), 2026-11. A type `...Patch` changes some fields of an object, one `...List` has several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from apex_guardrails.model import UNKNOWN, case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.view import UndecidedError, View
from apex_guardrails.model.violation import Violation

Part = TypeVar("Part")

_FORMS: Final = ("", "Patch", "List")


def objects(kind: str, *groups: str) -> tuple[str, ...]:
    """The types of a kind of object in some versions of its API, alone, as patches and in lists.

    Args:
        kind: such as `Deployment`.
        groups: such as `apps/v1`.
    """
    return tuple(f"kubernetes:{group}:{kind}{form}" for group in groups for form in _FORMS)


_APPS: Final = ("apps/v1", "apps/v1beta2", "apps/v1beta1", "extensions/v1beta1")

POD: Final = objects("Pod", "core/v1")
DAEMON_SETS: Final = objects("DaemonSet", *_APPS)
_TEMPLATED: Final = (
    *objects("Deployment", *_APPS),
    *objects("StatefulSet", *_APPS[:3]),
    *objects("ReplicaSet", *_APPS),
    *objects("ReplicationController", "core/v1"),
    *objects("Job", "batch/v1"),
    *DAEMON_SETS,
)
_CRON_JOBS: Final = objects("CronJob", "batch/v1", "batch/v1beta1", "batch/v2alpha1")

_POD_SPECS: Final = {
    **dict.fromkeys(POD, "spec"),
    **dict.fromkeys(_TEMPLATED, "spec.template.spec"),
    **dict.fromkeys(_CRON_JOBS, "spec.jobTemplate.spec.template.spec"),
}

WITH_PODS: Final = tuple(_POD_SPECS)
"""The types that run pods."""

OF_ONE_WORKLOAD: Final = tuple(token for token in WITH_PODS if token not in DAEMON_SETS)
"""Those that run a program; one on every node is an agent of the node, more often than not."""

SERVICES: Final = objects("Service", "core/v1")
INGRESSES: Final = objects(
    "Ingress", "networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"
)
_RBAC: Final = tuple(
    f"rbac.authorization.k8s.io/{version}" for version in ("v1", "v1beta1", "v1alpha1")
)
CLUSTER_BINDINGS: Final = objects("ClusterRoleBinding", *_RBAC)
BINDINGS: Final = (*CLUSTER_BINDINGS, *objects("RoleBinding", *_RBAC))
CLUSTER_ROLES: Final = objects("ClusterRole", *_RBAC)
ROLES: Final = (*CLUSTER_ROLES, *objects("Role", *_RBAC))


def each_object(resource: Resource) -> Iterator[View]:
    """The object, or those of a list, each as a view.

    Raises:
        UndecidedError: after all that are known: the list, or one of its elements, is not.
    """
    if resource.type.token.endswith("List"):
        yield from resource.each("items")
    else:
        yield resource.at("")


def pod_specs(resource: Resource) -> Iterator[View]:
    """What the pods of each object are.

    Raises:
        UndecidedError: as `each_object`.
    """
    path = _POD_SPECS[resource.type.token]
    for item in each_object(resource):
        yield item.at(path)


def containers(pod: View) -> Iterator[View]:
    """The containers of a pod, those that prepare it among them.

    Raises:
        UndecidedError: after all that are known: one of the lists, or an element, is not.
    """
    return together(*map(pod.each, ("containers", "initContainers")))


def in_place(token: str, spec: object) -> dict[str, object]:
    """The inputs of a case's resource of a type whose pods are as a spec says."""
    *outer, last = _POD_SPECS[token].split(".")
    inputs: dict[str, object] = {last: spec}
    for step in reversed(outer):
        inputs = {step: inputs}
    return {"items": [inputs]} if token.endswith("List") else inputs


def in_lists_too(token: str, cases: Iterable[Case]) -> Iterator[Case]:
    """Cases of one object each, and the same where it is in a list.

    Args:
        token: the type of such lists.
        cases: those of one object; the first one fails.
    """
    lone = list(cases)
    yield from lone
    for item in lone:
        [made] = item.resources
        yield replace(item, resources=[CaseResource(token, {"items": [made.inputs]})])
    bad = lone[0].resources[0].inputs
    yield case.fails(CaseResource(token, {"items": [UNKNOWN, {}, bad]}))
    yield case.passes(CaseResource(token, {}))
    yield case.undecided(CaseResource(token, {"items": UNKNOWN}))


def together(*parts: Iterable[Part]) -> Iterator[Part]:
    """What is in several parts, before any of them is undecided.

    Raises:
        UndecidedError: after all that is known: a value is not.
    """
    undecided: UndecidedError | None = None
    for part in parts:
        try:
            yield from part
        except UndecidedError as error:
            undecided = undecided or error
    if undecided is not None:
        raise undecided


def any_of(views: Iterable[View], is_so: Callable[[View], bool]) -> bool:
    """Whether one of some views is so.

    Raises:
        UndecidedError: none that is known is, and of another it is not known.
    """

    def found(view: View) -> Iterator[Violation]:
        if is_so(view):
            yield view.fail("is so")

    return next(Stack.each(views, found), None) is not None


def allows(allowed: View, name: str, *wanted: str) -> bool:
    """Whether one of a role's rules has one of some words in a list.

    Args:
        allowed: the rule.
        name: of the list, such as `verbs`.
        wanted: the words.

    Raises:
        UndecidedError: it has none that is known, and not all is known.
    """
    return any_of(allowed.each(name), lambda item: item.get("") in wanted)
