"""States of a stack with the API in it."""

from __future__ import annotations

from typing import Any

from infra.release import Release
from operations.service import Service, read_service

STABLE, CANDIDATE = "apex-api-00007-abc", "apex-api-00008-def"
IMAGE = "us-central1-docker.pkg.dev/apex-memory-dev/apex"
_REVISIONS = "projects/apex-memory-dev/locations/us-central1/services/apex-api/revisions"
_URN = "urn:pulumi:dev::apex-memory-infrastructure"


def state(
    release: Release | None = None,
    *,
    image: str = "apex-api:2",
    newest: str = CANDIDATE,
    created: str = "",
    outputs: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """What the state has where the API is released so far."""
    traffic = (release or Release()).traffic()
    statuses = [
        {**target, "uri": f"https://{target['tag']}---apex-api-abcdef-uc.a.run.app/"}
        for target in traffic
        if "tag" in target
    ]
    return [
        {
            "urn": f"{_URN}::pulumi:pulumi:Stack::apex-memory-infrastructure-dev",
            "type": "pulumi:pulumi:Stack",
            "outputs": outputs or {},
        },
        {
            "urn": f"{_URN}::gcp:cloudrunv2/service:Service::apex-api",
            "type": "gcp:cloudrunv2/service:Service",
            "inputs": {
                "name": "apex-api",
                "template": {"containers": [{"image": f"{IMAGE}/{image}"}]},
                "traffics": traffic,
            },
            "outputs": {
                "latestCreatedRevision": f"{_REVISIONS}/{created or newest}",
                "latestReadyRevision": f"{_REVISIONS}/{newest}",
                "uri": "https://apex-api-abcdef-uc.a.run.app",
                "project": "apex-memory-dev",
                "trafficStatuses": statuses,
            },
        },
    ]


def service_of(resources: list[dict[str, Any]]) -> Service:
    """The API in a state that has it."""
    service = read_service(resources)
    assert service
    return service
