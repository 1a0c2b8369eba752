"""Dual-stack subnets use internal IPv6."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on="gcp:compute/subnetwork:Subnetwork",
    fix='Set ipv6_access_type="INTERNAL".',
)
def vpc_subnet_ipv6_internal(subnetwork: Resource) -> Iterator[Complaint]:
    """External IPv6 makes every VM publicly addressable."""
    # Omitted: IPv4 only.
    if subnetwork.get("ipv6AccessType", omitted="") not in ("INTERNAL", ""):
        yield subnetwork.fail("gives machines addresses on the IPv6 internet", at="ipv6AccessType")


CASES = [
    case.passes(ipv6AccessType="INTERNAL"),
    case.passes(ipv6AccessType=""),
    case.fails(ipv6AccessType="EXTERNAL"),
    case.passes(),
    case.undecided(ipv6AccessType=case.UNKNOWN),
]
