"""Load balancers: which of their parts are on the internet."""

from __future__ import annotations

from policies.model.resource import Resource
from policies.model.value import UNKNOWN

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
"""The schemes of what is reached from the internet."""

_REGIONAL_BACKEND = "gcp:compute/regionBackendService:RegionBackendService"


def may_be_external(part: Resource) -> bool:
    """Whether a backend service or forwarding rule is on the internet.

    It holds where that is not known, too: the rule has to say so.
    """
    # Omitted: external, but of a regional backend service internal (the provider's defaults).
    omitted = "INTERNAL" if part.type.token == _REGIONAL_BACKEND else "EXTERNAL"
    scheme = part.peek("loadBalancingScheme", omitted=omitted)
    return scheme is UNKNOWN or scheme in EXTERNAL
