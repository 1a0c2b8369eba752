"""SSL policies offer no weak ciphers."""

from collections.abc import Iterator

from apex_guardrails.gcp.load_balancers import SSL_POLICIES
from apex_guardrails.gcp.types import COMPUTE_REGION_SSL_POLICY
from apex_guardrails.model import Resource, Violation, case, rule, sets_by_name


@rule(
    severity="high",
    on=SSL_POLICIES,
    controls=["checkov:CKV_GCP_4"],
    fix='Set profile="MODERN", min_tls_version="TLS_1_2".',
    remedy=sets_by_name({"profile": "MODERN"}),
)
def lb_ssl_policy_modern(policy: Resource) -> Iterator[Violation]:
    """An attacker can force a weak cipher, and read the traffic."""
    # Omitted: COMPATIBLE (the provider's default). Old versions of TLS are lb-ssl-policy-tls12's.
    profile = policy.get("profile", omitted="COMPATIBLE")
    if profile == "CUSTOM":
        for feature in policy.each("customFeatures"):
            # Without an ephemeral key exchange, who gets the key later reads what was recorded.
            if str(feature.get("")).startswith("TLS_RSA_"):
                yield policy.fail("offers ciphers without forward secrecy", at=feature.path)
    elif profile not in ("MODERN", "RESTRICTED", "FIPS_202205"):
        yield policy.fail("offers weak ciphers", at="profile")


CASES = [
    case.passes(profile="RESTRICTED"),
    case.passes(profile="FIPS_202205"),
    case.passes(profile="MODERN", minTlsVersion="TLS_1_2"),
    case.passes(profile="MODERN"),
    case.passes(profile="CUSTOM", customFeatures=["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    case.passes(profile="CUSTOM"),
    case.passes(case.resource(COMPUTE_REGION_SSL_POLICY, profile="RESTRICTED")),
    case.fails(profile="CUSTOM", customFeatures=["TLS_RSA_WITH_AES_128_CBC_SHA"]),
    case.fails(profile="COMPATIBLE", minTlsVersion="TLS_1_2"),
    case.fails(),
    # Omitted, the profile is the one with weak ciphers, however new the protocol.
    case.fails(minTlsVersion="TLS_1_2"),
    case.fails(case.resource(COMPUTE_REGION_SSL_POLICY)),
    case.undecided(profile=case.UNKNOWN),
    case.undecided(profile="CUSTOM", customFeatures=case.UNKNOWN),
    case.undecided(profile="CUSTOM", customFeatures=[case.UNKNOWN]),
]
