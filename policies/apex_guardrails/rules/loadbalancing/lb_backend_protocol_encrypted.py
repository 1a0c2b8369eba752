"""Load balancers reach their backends over TLS."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.types import (
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
)
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "protocol"
PLAIN = ("HTTP", "H2C", "GRPC")


def _reaches_machines(service: Resource) -> bool:
    """Whether its backends are no serverless service, to which Google always speaks TLS.

    Source: Cloud Load Balancing documentation, "Encryption from the load balancer to the backends",
    2026-11. Omitted, a group of endpoints is serverless (the provider's default).
    """
    groups = list(service.referred("backends", COMPUTE_REGION_NETWORK_ENDPOINT_GROUP))
    path = "networkEndpointType"
    return not any(group.get(path, omitted="SERVERLESS") == "SERVERLESS" for group in groups)


@rule(
    severity="low",
    on=(COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE),
    when=_reaches_machines,
    fix='Set protocol="HTTPS" or "HTTP2", and a certificate on the backends.',
    # Between Google's machines, Google encrypts by itself.
    opt_in=True,
)
def lb_backend_protocol_encrypted(service: Resource) -> Iterator[Violation]:
    """Whoever is in the network, or between Google and a backend elsewhere, reads along."""
    # Omitted: HTTP (Compute Engine API, backendServices, 2026-11).
    protocol = str(service.get(PATH, omitted="HTTP")).upper()
    if protocol in PLAIN:
        yield service.fail(f"reaches its backends by {protocol}", at=PATH)


def _backed_by(**group: Any) -> tuple[case.CaseResource, case.CaseResource]:
    return (
        case.resource(None, backends=[{"group": case.output_of("neg")}]),
        case.resource(COMPUTE_REGION_NETWORK_ENDPOINT_GROUP, "neg", **group),
    )


CASES = [
    case.passes(protocol="HTTPS"),
    case.passes(protocol="HTTP2"),
    case.passes(protocol="TCP"),
    case.fails(protocol="HTTP"),
    case.fails(protocol="h2c"),
    case.fails(protocol="GRPC"),
    case.fails(),
    case.fails(case.resource(COMPUTE_REGION_BACKEND_SERVICE)),
    case.fails(*_backed_by(networkEndpointType="INTERNET_FQDN_PORT")),
    case.not_applicable(*_backed_by()),
    case.not_applicable(*_backed_by(networkEndpointType="SERVERLESS")),
    case.undecided(*_backed_by(networkEndpointType=case.UNKNOWN)),
    case.undecided(protocol=case.UNKNOWN),
]
