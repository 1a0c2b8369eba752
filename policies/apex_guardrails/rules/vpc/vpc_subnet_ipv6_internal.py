"""Dual-stack subnets use internal IPv6."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=COMPUTE_SUBNETWORK,
    # Omitted: IPv4 only.
    when=lambda subnetwork: subnetwork.get("ipv6AccessType", omitted="") != "",
    fix='Set ipv6_access_type="INTERNAL".',
)
def vpc_subnet_ipv6_internal(subnetwork: Resource) -> Iterator[Violation]:
    """External IPv6 makes every VM publicly addressable."""
    if subnetwork.get("ipv6AccessType") != "INTERNAL":
        yield subnetwork.fail("gives VMs external IPv6 addresses", at="ipv6AccessType")


CASES = [
    case.passes(ipv6AccessType="INTERNAL"),
    case.not_applicable(ipv6AccessType=""),
    case.fails(ipv6AccessType="EXTERNAL"),
    case.not_applicable(),
    case.undecided(ipv6AccessType=case.UNKNOWN),
]
