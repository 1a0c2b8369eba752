"""Load balancers: which of their parts are on the internet, and what they accept there."""

from __future__ import annotations

from apex_guardrails.gcp.types import (
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_REGION_SSL_POLICY,
    COMPUTE_SSL_POLICY,
)
from apex_guardrails.model.resource import Resource

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
"""The schemes of what is reached from the internet."""

SSL_POLICIES = (
    COMPUTE_SSL_POLICY,
    COMPUTE_REGION_SSL_POLICY,
)
"""What says which versions of TLS and which ciphers a proxy accepts."""

TLS_1_2_PROFILES = ("RESTRICTED", "FIPS_202205")
"""The profiles that need TLS 1.2 or later, whatever minimum is set: RESTRICTED by its ciphers; with
FIPS_202205 Google takes no lower minimum (Cloud Load Balancing documentation, "SSL policies
overview" and "Use SSL policies", 2026-11)."""


def is_external(part: Resource) -> bool:
    """Whether a backend service or forwarding rule is on the internet.

    Raises:
        UndecidedError: its scheme is not known before deployment.
    """
    # Omitted: external, but of a regional backend service internal (the provider's defaults).
    omitted = "INTERNAL" if part.type.token == COMPUTE_REGION_BACKEND_SERVICE else "EXTERNAL"
    return part.get("loadBalancingScheme", omitted=omitted) in EXTERNAL
