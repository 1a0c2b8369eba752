"""HTTPS and SSL proxies reference an SSL policy."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_SSL_PROXY,
)
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=(COMPUTE_TARGET_HTTPS_PROXY, COMPUTE_REGION_TARGET_HTTPS_PROXY, COMPUTE_TARGET_SSL_PROXY),
    fix="Set ssl_policy=policy.id.",
)
def lb_ssl_policy_attached(proxy: Resource) -> Iterator[Violation]:
    """Without one the load balancer accepts TLS 1.0 and weak ciphers."""
    # Omitted: Google's default accepts TLS 1.0 and weak ciphers (Load Balancing documentation).
    if not proxy.is_set("sslPolicy"):
        yield proxy.fail("has no SSL policy", at="sslPolicy")


CASES = [
    case.passes(sslPolicy="modern"),
    case.passes(sslPolicy=case.UNKNOWN),
    case.fails(sslPolicy=""),
    case.fails(),
    case.fails(case.resource(COMPUTE_REGION_TARGET_HTTPS_PROXY)),
    case.fails(case.resource(COMPUTE_TARGET_SSL_PROXY)),
]
