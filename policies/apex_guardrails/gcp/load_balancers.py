"""Load balancers: which of their parts are on the internet, and what they accept there."""

from __future__ import annotations

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import (
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_REGION_SSL_POLICY,
    COMPUTE_SSL_POLICY,
)
from apex_guardrails.model.resource import Resource

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
"""The schemes of what is reached from the internet."""

SCHEME = Input("loadBalancingScheme", omitted="EXTERNAL")
"""The scheme of a forwarding rule or of a global backend service (the provider's default)."""

_REGIONAL_SCHEME = Input("loadBalancingScheme", omitted="INTERNAL")
"""That of a regional backend service (the provider's default)."""

SSL_POLICIES = (COMPUTE_SSL_POLICY, COMPUTE_REGION_SSL_POLICY)
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
    is_regional = part.type.token == COMPUTE_REGION_BACKEND_SERVICE
    return (_REGIONAL_SCHEME if is_regional else SCHEME).get(part) in EXTERNAL
