"""The API as the stack's state has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.release import CANDIDATE, REVISION_HEADER, Release, release_of
from operations.errors import OperationError

_TYPE = "gcp:cloudrunv2/service:Service"
API = "apex-api"
"""The service's name."""
_STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Address:
    """Where a revision answers.

    Attributes:
        url: Without a slash at its end.
        headers: What each request to it carries.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """The API, as it was deployed last.

    Attributes:
        urn: The resource's URN.
        image: Of the newest revision, with its registry.
        newest: The newest revision that is ready.
        release: How the requests are shared out.
        candidate: Where the candidate answers; `None` while there is none.
        project: The Google Cloud project.
    """

    urn: str
    image: str
    newest: str
    release: Release
    candidate: Address | None
    project: str

    def runs(self, image: str) -> bool:
        """Whether its newest revision is of an image, as the config names it."""
        return self.image == image or self.image.endswith(f"/{image}")


def read_service(resources: Sequence[Mapping[str, Any]]) -> Service | None:
    """The API among the resources of a state; `None` where it has not been deployed.

    Raises:
        OperationError: its requests are shared out in some way of somebody's.
    """
    stack, service = resource(resources, _STACK_TYPE, ""), resource(resources, _TYPE, f"::{API}")
    if stack is None or service is None:
        return None
    inputs, outputs = service["inputs"], service["outputs"]
    try:
        release = release_of(inputs.get("traffics") or [])
    except ValueError as error:
        raise OperationError(f"{API}: {error}; mend it with pulumi up") from None
    return Service(
        urn=service["urn"],
        image=inputs["template"]["containers"][0]["image"],
        newest=outputs["latestReadyRevision"],
        release=release,
        candidate=_address(stack.get("outputs", {}), outputs),
        project=inputs.get("project") or outputs["project"],
    )


def read_address(resources: Sequence[Mapping[str, Any]]) -> Address:
    """Where the API answers its users, among the resources of a state.

    Raises:
        OperationError: the state does not say.
    """
    stack = resource(resources, _STACK_TYPE, "") or {}
    url = stack.get("outputs", {}).get("api_url")
    if not url:
        raise OperationError("the stack has no output api_url: run pulumi up")
    return Address(str(url).rstrip("/"))


def _address(stack: Mapping[str, Any], service: Mapping[str, Any]) -> Address | None:
    statuses = service.get("trafficStatuses") or []
    own = [status["uri"] for status in statuses if status.get("tag") == CANDIDATE]
    if not own:
        return None
    if stack.get("api_address"):  # behind the load balancer, where its own address is not reached
        return Address(stack["api_url"], {REVISION_HEADER: CANDIDATE})
    return Address(own[0].rstrip("/"))


def resource(
    resources: Sequence[Mapping[str, Any]], type_: str, end: str
) -> Mapping[str, Any] | None:
    """The resource of a type whose URN ends like that; `None` where there is none."""
    for found in resources:
        is_it = found["type"] == type_ and found["urn"].endswith(end)
        if is_it and not found.get("delete"):
            return found
    return None
