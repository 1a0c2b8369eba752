"""Cloud Run: services, jobs and worker pools, of both API versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from apex_guardrails.gcp import run_annotations
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.run_annotations import (
    DEFAULT_URL_DISABLED,
    IAP_ENABLED,
    INVOKER_IAM_DISABLED,
    NETWORK_INTERFACES,
    VPC_ACCESS_CONNECTOR,
    of_revision,
    of_service,
)
from apex_guardrails.gcp.types import (
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_JOB,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value, is_true, pairs
from apex_guardrails.model.view import UndecidedError, View

_CONTAINERS = {
    CLOUDRUNV2_SERVICE: "template.containers",
    CLOUDRUNV2_JOB: "template.template.containers",
    CLOUDRUNV2_WORKER_POOL: "template.containers",
    CLOUDRUN_SERVICE: "template.spec.containers",
}

WORKLOADS = tuple(_CONTAINERS)
"""The types that run containers."""

ACCOUNT_PATHS = {
    CLOUDRUNV2_SERVICE: "template.serviceAccount",
    CLOUDRUNV2_JOB: "template.template.serviceAccount",
    CLOUDRUNV2_WORKER_POOL: "template.serviceAccount",
    CLOUDRUN_SERVICE: "template.spec.serviceAccountName",
}
"""Where each names the service account that it runs as."""

VPC_ACCESS = {
    CLOUDRUNV2_SERVICE: "template.vpcAccess",
    CLOUDRUNV2_JOB: "template.template.vpcAccess",
    CLOUDRUNV2_WORKER_POOL: "template.vpcAccess",
}
"""Where each of the second version says which network it reaches."""

_VPC_ANNOTATIONS = (of_revision(VPC_ACCESS_CONNECTOR), of_revision(NETWORK_INTERFACES))


def reaches_network(workload: Resource) -> bool:
    """Whether it has access to a VPC network, by a connector or by an interface of its own.

    What is not known counts: a network's name is another resource's output.
    """
    access = VPC_ACCESS.get(workload.type.token)
    if access is None:
        return any(workload.is_set(annotation) for annotation in _VPC_ANNOTATIONS)
    return workload.is_set(f"{access}.connector") or bool(
        workload.peek(f"{access}.networkInterfaces")
    )


INGRESS = {
    CLOUDRUNV2_SERVICE: Input("ingress", omitted="INGRESS_TRAFFIC_ALL"),
    CLOUDRUN_SERVICE: Input(of_service(run_annotations.INGRESS), omitted="all"),
}
"""Where a service says from where it may be called. Omitted: from everywhere (Cloud Run Admin API,
ingress, 2026-11)."""

INTERNAL = {
    CLOUDRUNV2_SERVICE: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    CLOUDRUN_SERVICE: "internal",
}
"""The ingress of a service that the owner's networks alone reach."""

_CLOSED = {
    CLOUDRUNV2_SERVICE: (
        INTERNAL[CLOUDRUNV2_SERVICE],
        "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    ),
    CLOUDRUN_SERVICE: (INTERNAL[CLOUDRUN_SERVICE], "internal-and-cloud-load-balancing"),
}
"""The ingress of a service whose own address the internet does not reach."""

SERVICES = tuple(INGRESS)
"""The types of services, which are called by others."""

INVOKER_ROLE = "roles/run.invoker"
"""The role that allows to call a service (Cloud Run documentation, "IAM roles", 2026-11)."""

_SWITCHES = {
    CLOUDRUNV2_SERVICE: {
        "unchecked": "invokerIamDisabled",
        "iap": "iapEnabled",
        "no address": "defaultUriDisabled",
    },
    CLOUDRUN_SERVICE: {
        "unchecked": of_service(INVOKER_IAM_DISABLED),
        "iap": of_service(IAP_ENABLED),
        "no address": of_service(DEFAULT_URL_DISABLED),
    },
}
"""Where each version of the API says the same (Cloud Run documentation, "Allowing public access",
"Configure IAP" and "Disable the default URL", 2026-11)."""


def _is_on(service: Resource, switch: str) -> bool:
    """Whether something is switched on; omitted, it is not. An annotation says it as a text."""
    return is_true(service.get(_SWITCHES[service.type.token][switch], omitted=False))


def unchecked_path(service: Resource) -> str | None:
    """The path by which anybody may call a service, whatever IAM says; `None` where IAM is asked.

    Raises:
        UndecidedError: the value is not known before deployment.
    """
    path = _SWITCHES[service.type.token]["unchecked"]
    return path if _is_on(service, "unchecked") else None


def has_iap(service: Resource) -> bool:
    """Whether Identity-Aware Proxy asks who calls a service.

    Raises:
        UndecidedError: the value is not known before deployment.
    """
    return _is_on(service, "iap")


def open_path(service: Resource) -> str | None:
    """The path by which a service's own address is one of the internet; `None` where it is not.

    Raises:
        UndecidedError: the value is not known before deployment.
    """
    token = service.type.token
    ingress = INGRESS[token]
    if ingress.get(service) in _CLOSED[token] or _is_on(service, "no address"):
        return None
    return ingress.path


def behind_load_balancers(stack: Stack) -> dict[str, Resource]:
    """The services, by URN, that a load balancer of the stack reaches."""
    services = Named(stack, *SERVICES)
    return {
        service.urn: service
        for group in stack.of_type(COMPUTE_REGION_NETWORK_ENDPOINT_GROUP)
        for service in services.at(group, "cloudRun.service")
    }


def make_example(token: str, *containers: object) -> dict[str, object]:
    """The `template` of a case's workload of a type with these containers."""
    *outer, last = _CONTAINERS[token].split(".")[1:]
    template: dict[str, object] = {last: list(containers)}
    for step in reversed(outer):
        template = {step: template}
    return template


def containers_path(workload: Resource) -> str:
    """Where a workload names its containers."""
    return _CONTAINERS[workload.type.token]


def read_variables(workload: Resource) -> Iterator[View]:
    """The environment variables of all containers, with `name` and `value`.

    Raises:
        UndecidedError: after all that is known of a container: a variable is not.
    """
    for container in workload.each(_CONTAINERS[workload.type.token]):
        yield from container.each("envs")


def require_known(workload: Resource) -> None:
    """Nothing, where all containers, their variables and the names of these are known.

    Raises:
        UndecidedError: one of them is not.
    """
    unknown = workload.once(_unknown).first
    if unknown is not None:
        raise UndecidedError(unknown)


def unknown_variables(workload: Resource) -> Sequence[tuple[str, str]]:
    """The path of each variable's value that is not known, and the variable's name."""
    return workload.once(_unknown).values


class _Unknown(NamedTuple):
    first: str | None
    values: Sequence[tuple[str, str]]


def _unknown(workload: Resource) -> _Unknown:
    first: str | None = None
    values: list[tuple[str, str]] = []
    try:
        for container in workload.each(_CONTAINERS[workload.type.token]):
            for index, (name, value) in enumerate(_pairs(container)):
                entry = f"{container.path}.envs[{index}]"
                if name is UNKNOWN:
                    first = first or f"{entry}.name"
                elif value is UNKNOWN:
                    values.append((f"{entry}.value", str(name)))
    except UndecidedError as undecided:
        if first is None:
            first = undecided.path
    return _Unknown(first, values)


def _pairs(container: View) -> Iterator[tuple[Value, Value]]:
    variables = container.get("envs", omitted=())
    return pairs(variables, "name", "value") if isinstance(variables, Sequence) else iter(())
