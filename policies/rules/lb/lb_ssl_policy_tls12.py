"""SSL policies set TLS 1.2 or later."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on=("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy"),
    controls=["trivy:GCP-0039"],
    fix='Set min_tls_version="TLS_1_2".',
)
def lb_ssl_policy_tls12(policy: Resource) -> Iterator[Complaint]:
    """TLS 1.0 and 1.1 are broken."""
    # Omitted: TLS 1.0: the provider's default.
    if policy.get("minTlsVersion", omitted="TLS_1_0") not in ("TLS_1_2", "TLS_1_3"):
        yield policy.fail("accepts old versions of TLS", at="minTlsVersion")


CASES = [
    case.passes(minTlsVersion="TLS_1_2"),
    case.passes(minTlsVersion="TLS_1_3"),
    case.fails(minTlsVersion="TLS_1_0"),
    case.fails(minTlsVersion="TLS_1_1"),
    case.fails(),
    case.undecided(minTlsVersion=case.UNKNOWN),
    case.fails(
        case.resource("gcp:compute/regionSslPolicy:RegionSslPolicy", minTlsVersion="TLS_1_0")
    ),
]
