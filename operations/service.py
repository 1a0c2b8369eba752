"""The API as the stack's state has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.release import CANDIDATE, REVISION_HEADER, Release, release_of
from operations.errors import OperationError

API = "apex-api"
"""The service's name in the state."""
_TYPE = "gcp:cloudrunv2/service:Service"
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
        name: The service's name in Google Cloud.
        image: Of the newest revision, with its registry.
        created: The newest revision.
        ready: The newest one that can serve.
        release: How the requests are shared out.
        address: Where the API answers.
        candidate: Where the candidate answers; `None` while there is none.
        project: The Google Cloud project.
    """

    urn: str
    name: str
    image: str
    created: str
    ready: str
    release: Release
    address: Address
    candidate: Address | None
    project: str

    @property
    def is_ready(self) -> bool:
        """Whether its newest revision can serve."""
        return self.created == self.ready

    def runs(self, image: str) -> bool:
        """Whether its newest revision is of an image, as the config names it."""
        return is_same(self.image, image)

    def config(self) -> dict[str, str]:
        """The config keys with which it is what it is."""
        return {"api-image": self.image, **config_of(self.release)}


def config_of(release: Release) -> dict[str, str]:
    """The config keys that share out the requests."""
    return {
        "api-stable-revision": release.stable,
        "api-candidate-revision": release.candidate,
        "api-candidate-percent": str(release.percent),
    }


def is_same(one: str, other: str) -> bool:
    """Whether two names are of the same image: with and without the stack's own registry."""
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")


def read_service(resources: Sequence[Mapping[str, Any]]) -> Service | None:
    """The API among the resources of a state; `None` where it has not been deployed.

    Raises:
        OperationError: its requests are shared out as no release does it.
    """
    stack, service = resource(resources, _STACK_TYPE, ""), resource(resources, _TYPE, f"::{API}")
    if stack is None or service is None:
        return None
    inputs, outputs, exported = service["inputs"], service["outputs"], stack.get("outputs", {})
    try:
        release = release_of(inputs.get("traffics") or [])
    except ValueError as error:
        raise OperationError(
            f"{API}: {error}. Set api-image to the image that should serve, and run pulumi up"
        ) from None
    return Service(
        urn=service["urn"],
        name=inputs["name"],
        image=inputs["template"]["containers"][0]["image"],
        created=short(outputs["latestCreatedRevision"]),
        ready=short(outputs["latestReadyRevision"]),
        release=release,
        address=Address(exported.get("api_url") or outputs["uri"]),
        candidate=_candidate(exported, outputs),
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


def short(name: str) -> str:
    """The name that traffic is sent to, of `projects/P/locations/L/services/S/revisions/NAME`."""
    return name.rpartition("/")[2]


def _candidate(exported: Mapping[str, Any], service: Mapping[str, Any]) -> Address | None:
    statuses = service.get("trafficStatuses") or []
    own = [status["uri"] for status in statuses if status.get("tag") == CANDIDATE]
    if not own:
        return None
    if exported.get("api_address"):  # behind the load balancer, where its own is not reached
        return Address(exported["api_url"], {REVISION_HEADER: CANDIDATE})
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
