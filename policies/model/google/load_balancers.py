"""Load balancers: which of their parts are on the internet."""

from __future__ import annotations

from policies.model.resource import Resource

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
"""The schemes of what is reached from the internet."""

_REGIONAL_BACKEND = "gcp:compute/regionBackendService:RegionBackendService"


def is_external(part: Resource) -> bool:
    """Whether a backend service or forwarding rule is on the internet.

    Raises:
        UndecidedError: its scheme is not known before deployment.
    """
    # Omitted: external, but of a regional backend service internal (the provider's defaults).
    omitted = "INTERNAL" if part.type.token == _REGIONAL_BACKEND else "EXTERNAL"
    return part.get("loadBalancingScheme", omitted=omitted) in EXTERNAL
