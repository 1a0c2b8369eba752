"""Compute Engine's resources by their names, of which the address follows.

Source: the references of Compute Engine's API v1, 2026-11: a resource's `selfLink` is made of
project, place, collection and name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import Asked

_API: Final = "https://www.googleapis.com/compute/v1/"

_GLOBAL: Final[Mapping[str, str]] = {
    "getBackendBucket": "backendBuckets",
    "getBackendService": "backendServices",
    "getGlobalAddress": "addresses",
    "getGlobalForwardingRule": "forwardingRules",
    "getHealthCheck": "healthChecks",
    "getImage": "images",
    "getInstanceTemplate": "instanceTemplates",
    "getNetwork": "networks",
    "getCertificate": "sslCertificates",
    "getSSLPolicy": "sslPolicies",
    "getSnapshot": "snapshots",
}
_REGIONAL: Final[Mapping[str, str]] = {
    "getAddress": "addresses",
    "getForwardingRule": "forwardingRules",
    "getRegionBackendService": "backendServices",
    "getRegionDisk": "disks",
    "getRegionInstanceGroup": "instanceGroups",
    "getRegionInstanceTemplate": "instanceTemplates",
    "getRegionNetworkEndpointGroup": "networkEndpointGroups",
    "getRegionSslCertificate": "sslCertificates",
    "getRegionSSLPolicy": "sslPolicies",
    "getResourcePolicy": "resourcePolicies",
    "getRouter": "routers",
    "getSubnetwork": "subnetworks",
    "getVPNGateway": "targetVpnGateways",
}
_ZONAL: Final[Mapping[str, str]] = {
    "getDisk": "disks",
    "getInstance": "instances",
    "getInstanceGroup": "instanceGroups",
    "getNetworkEndpointGroup": "networkEndpointGroups",
}

_PLACES: Final = (("global", _GLOBAL), ("region", _REGIONAL), ("zone", _ZONAL))

NAMED: Final = frozenset(f"gcp:compute/{name}:{name}" for _, table in _PLACES for name in table)
"""The functions that look a resource up by its name."""


def named(asked: Asked) -> Mapping[str, Value] | None:
    """Where a resource of a given name is; `None` where it is looked for in another way."""
    name = asked.text("name")
    return located(asked, name) if name and not asked.text("selfLink") else None


def located(asked: Asked, name: str) -> Mapping[str, Value] | None:
    """Where a resource of that name would be; `None` where config does not say in which place."""
    function = asked.token.rpartition(":")[2]
    place, collection = next(
        (place, table[function]) for place, table in _PLACES if function in table
    )
    where = place if place == "global" else asked.or_config(place)
    if not (asked.project and where):
        return None
    at = "global" if place == "global" else f"{place}s/{where}"
    path = f"projects/{asked.project}/{at}/{collection}/{name}"
    inside = {} if place == "global" else {place: where}
    return {"id": path, "name": name, "project": asked.project, "selfLink": _API + path, **inside}
