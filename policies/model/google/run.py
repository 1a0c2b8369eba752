"""Cloud Run: services, jobs and worker pools, of both API versions."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model.resource import Resource, View

_CONTAINERS = {
    "gcp:cloudrunv2/service:Service": "template.containers",
    "gcp:cloudrunv2/job:Job": "template.template.containers",
    "gcp:cloudrunv2/workerPool:WorkerPool": "template.containers",
    "gcp:cloudrun/service:Service": "template.spec.containers",
}

WORKLOADS = tuple(_CONTAINERS)
"""The types that run containers."""

ACCOUNT_PATHS = {
    "gcp:cloudrunv2/service:Service": "template.serviceAccount",
    "gcp:cloudrunv2/job:Job": "template.template.serviceAccount",
    "gcp:cloudrunv2/workerPool:WorkerPool": "template.serviceAccount",
    "gcp:cloudrun/service:Service": "template.spec.serviceAccountName",
}
"""Where each names the service account that it runs as."""


def example(token: str, *containers: object) -> dict[str, object]:
    """The `template` of a case's workload of a type with these containers."""
    *outer, last = _CONTAINERS[token].split(".")[1:]
    template: dict[str, object] = {last: list(containers)}
    for step in reversed(outer):
        template = {step: template}
    return template


def variables(workload: Resource) -> Iterator[View]:
    """The environment variables of all containers, with `name` and `value`.

    Raises:
        UndecidedError: after all that is known of a container: a variable is not.
    """
    for container in workload.each(_CONTAINERS[workload.type.token]):
        yield from container.each("envs")
