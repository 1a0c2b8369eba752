"""SSL policies use the MODERN or RESTRICTED profile with TLS 1.2 or later."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on=("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy"),
    controls=["checkov:CKV_GCP_4"],
    fix='Set profile="MODERN", min_tls_version="TLS_1_2".',
)
def lb_ssl_policy_modern(policy: Resource) -> Iterator[Complaint]:
    """Weak ciphers and old protocol versions can be forced."""
    # Omitted: COMPATIBLE, and TLS 1.0 (the provider's defaults).
    profile = policy.get("profile", omitted="COMPATIBLE")
    if profile in ("RESTRICTED", "FIPS_202205"):
        return
    if profile == "MODERN":
        if policy.get("minTlsVersion", omitted="TLS_1_0") not in ("TLS_1_2", "TLS_1_3"):
            yield policy.fail("offers old versions of TLS", at="minTlsVersion")
    elif profile == "CUSTOM":
        for feature in policy.each("customFeatures"):
            # Without an ephemeral key exchange, who gets the key later reads what was recorded.
            if str(feature.get("")).startswith("TLS_RSA_"):
                yield policy.fail("offers ciphers without forward secrecy", at=feature.path)
    else:
        yield policy.fail("offers weak ciphers", at="profile")


CASES = [
    case.passes(profile="RESTRICTED"),
    case.passes(profile="FIPS_202205"),
    case.passes(profile="MODERN", minTlsVersion="TLS_1_2"),
    case.passes(profile="MODERN", minTlsVersion="TLS_1_3"),
    case.passes(profile="CUSTOM", customFeatures=["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    case.passes(profile="CUSTOM"),
    case.fails(profile="MODERN", minTlsVersion="TLS_1_1"),
    case.fails(profile="MODERN"),
    case.fails(profile="CUSTOM", customFeatures=["TLS_RSA_WITH_AES_128_CBC_SHA"]),
    case.fails(profile="COMPATIBLE", minTlsVersion="TLS_1_2"),
    case.fails(),
    case.undecided(profile=case.UNKNOWN),
    case.undecided(profile="MODERN", minTlsVersion=case.UNKNOWN),
    case.undecided(profile="CUSTOM", customFeatures=case.UNKNOWN),
    case.undecided(profile="CUSTOM", customFeatures=[case.UNKNOWN]),
    # Omitted, the profile is the one with weak ciphers, however new the protocol.
    case.fails(minTlsVersion="TLS_1_2"),
    case.passes(case.resource("gcp:compute/regionSslPolicy:RegionSslPolicy", profile="RESTRICTED")),
    case.fails(case.resource("gcp:compute/regionSslPolicy:RegionSslPolicy")),
]
