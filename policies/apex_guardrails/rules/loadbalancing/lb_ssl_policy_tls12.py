"""SSL policies accept only TLS 1.2 and later."""

from collections.abc import Iterator

from apex_guardrails.gcp.load_balancers import SSL_POLICIES, TLS_1_2_PROFILES
from apex_guardrails.gcp.types import COMPUTE_REGION_SSL_POLICY
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="high",
    on=SSL_POLICIES,
    controls=["trivy:GCP-0039"],
    fix='Set min_tls_version="TLS_1_2", or profile="RESTRICTED", which needs TLS 1.2.',
    remedy=sets("TLS_1_2"),
)
def lb_ssl_policy_tls12(policy: Resource) -> Iterator[Violation]:
    """TLS 1.0 and 1.1 are broken."""
    if policy.peek("profile") in TLS_1_2_PROFILES:
        return
    # Omitted: TLS 1.0: the provider's default.
    if policy.get("minTlsVersion", omitted="TLS_1_0") in ("TLS_1_2", "TLS_1_3"):
        return
    # One that is not known may be such a profile.
    policy.get("profile")
    yield policy.fail("accepts TLS versions before 1.2", at="minTlsVersion")


CASES = [
    case.passes(minTlsVersion="TLS_1_2"),
    case.passes(minTlsVersion="TLS_1_3"),
    case.passes(profile="RESTRICTED"),
    case.passes(profile="RESTRICTED", minTlsVersion="TLS_1_0"),
    case.passes(profile="RESTRICTED", minTlsVersion=case.UNKNOWN),
    case.passes(profile="FIPS_202205"),
    case.passes(profile=case.UNKNOWN, minTlsVersion="TLS_1_2"),
    case.passes(case.resource(COMPUTE_REGION_SSL_POLICY, profile="RESTRICTED")),
    case.fails(minTlsVersion="TLS_1_0"),
    case.fails(minTlsVersion="TLS_1_1"),
    case.fails(),
    case.fails(profile="COMPATIBLE"),
    case.fails(profile="MODERN"),
    case.fails(profile="CUSTOM", customFeatures=["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    case.fails(case.resource(COMPUTE_REGION_SSL_POLICY, minTlsVersion="TLS_1_0")),
    case.undecided(minTlsVersion=case.UNKNOWN),
    case.undecided(profile=case.UNKNOWN),
]
