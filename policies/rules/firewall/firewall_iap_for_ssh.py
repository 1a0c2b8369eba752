"""SSH is admitted from the Identity-Aware Proxy alone."""

from collections.abc import Iterator

from pydantic import Field

from policies.model import Complaint, Parameters, Resource, case, rule
from policies.model.google.firewalls import (
    FIREWALL,
    is_all,
    is_ingress,
    protocol,
)
from policies.model.google.networks import is_within, is_world, port_ranges

SSH = 22
# IAP documentation, "Using IAP for TCP forwarding", 2026-11.
PROXY = ("35.235.240.0/20", "2600:2d00:1:7::/64")


class OtherSources(Parameters):
    """Where SSH may come from, the proxy aside."""

    ranges: tuple[str, ...] = Field(
        (), description="Ranges that SSH may come from, too, such as a bastion's subnet."
    )


@rule(
    severity="low",
    on=FIREWALL,
    when=is_ingress,
    controls=["cis-gcp-4.0:3.10", "cis-gcp-5.0:3.12"],
    fix='Set source_ranges=["35.235.240.0/20"].',
    parameters=OtherSources,
)
def firewall_iap_for_ssh(firewall: Resource, settings: OtherSources) -> Iterator[Complaint]:
    """Direct SSH bypasses identity checks."""
    if not _admits_ssh(firewall):
        return
    # A source by tag or service account is a machine of the network, such as a bastion.
    for source in firewall.each("sourceRanges"):
        given = source.get("")
        if is_world(given):
            continue  # firewall-ssh-not-public
        if not any(is_within(given, allowed) for allowed in (*PROXY, *settings.ranges)):
            yield source.fail(f"admits SSH from {given}")


def _admits_ssh(firewall: Resource) -> bool:
    for entry in firewall.each("allows"):
        if protocol(entry) == "tcp":
            for ports in port_ranges(entry):
                # All ports at once are another rule's.
                if SSH in ports and not is_all(ports):
                    return True
    return False


TCP = [{"protocol": "tcp", "ports": ["22"]}]
CASES = [
    case.passes(sourceRanges=["35.235.240.0/20", "2600:2d00:1:7::/64"], allows=TCP),
    case.passes(sourceRanges=["35.235.241.0/24"], allows=TCP),
    case.passes(sourceTags=["bastion"], allows=TCP),
    case.passes(sourceRanges=["10.0.3.0/28"], allows=TCP, _parameters={"ranges": ["10.0.3.0/24"]}),
    case.passes(sourceRanges=["0.0.0.0/0"], allows=TCP),
    case.passes(allows=TCP),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": ["443"]}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "udp", "ports": ["22"]}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp"}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"ports": ["22"]}]),
    case.passes(sourceRanges=["10.0.0.0/8"], denies=TCP),
    case.not_applicable(sourceRanges=["10.0.0.0/8"], allows=TCP, direction="EGRESS"),
    case.not_applicable(sourceRanges=["10.0.0.0/8"], allows=TCP, disabled=True),
    case.fails(sourceRanges=["35.235.240.0/20", "10.0.0.0/8"], allows=TCP),
    case.fails(sourceRanges=["35.235.0.0/16"], allows=TCP, direction="INGRESS", disabled=False),
    case.fails(sourceRanges=[case.UNKNOWN, "10.0.0.0/8"], allows=TCP),
    case.fails(
        sourceRanges=["10.0.0.0/8"],
        allows=[{"protocol": "udp"}, {"protocol": "6", "ports": ["80", "20-25"]}],
    ),
    case.undecided(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.undecided(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=case.UNKNOWN),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(
        sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]
    ),
    case.undecided(
        sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]
    ),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=TCP, disabled=case.UNKNOWN),
]
