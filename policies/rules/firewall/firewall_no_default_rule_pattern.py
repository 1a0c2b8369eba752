"""The rules of Google's default network are not made again."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.firewalls import (
    FIREWALL,
    PING,
    is_ingress,
    open_to_world,
    protocol,
)

# The subnets of every network in auto mode (VPC documentation, "Auto mode IPv4 ranges", 2026-11).
AUTO_MODE = "10.128.0.0/9"


@rule(
    severity="medium",
    on=FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0073"],
    fix="Write rules for the subnets and ports that there are.",
)
def firewall_no_default_rule_pattern(firewall: Resource) -> Iterator[Complaint]:
    """They admit half of all private addresses, and ICMP from everywhere."""
    # That the other ports are open to the internet is what the other rules say.
    if not firewall.get("allows"):
        return
    if str(firewall.peek("name")).startswith("default-allow-"):
        yield firewall.fail("has the name of a rule of the default network", at="name")
        return
    for source in firewall.each("sourceRanges"):
        if source.get("") == AUTO_MODE:
            yield source.fail(f"admits {AUTO_MODE}, as the default network does")
    for path in open_to_world(firewall):
        for entry in firewall.each("allows"):
            if protocol(entry) in PING:
                yield entry.fail(f"admits ICMP from everywhere ({path})")


TCP = [{"protocol": "tcp", "ports": ["22"]}]
PINGS = [{"protocol": "icmp"}]
CASES = [
    case.passes(name="allow-web", sourceRanges=["10.0.0.0/8"], allows=PINGS),
    case.passes(sourceRanges=["0.0.0.0/0"], allows=TCP),
    case.passes(sourceRanges=["0.0.0.0/0"], allows=[{"ports": []}]),
    case.passes(sourceRanges=[AUTO_MODE], denies=TCP),
    case.passes(sourceRanges=[AUTO_MODE], allows=[], denies=TCP),
    case.not_applicable(sourceRanges=[AUTO_MODE], allows=TCP, direction="EGRESS"),
    case.not_applicable(sourceRanges=[AUTO_MODE], allows=TCP, disabled=True),
    case.passes(name="default-allow-ssh", denies=TCP),
    case.passes(name=case.UNKNOWN, sourceRanges=["10.0.0.0/8"], allows=TCP),
    case.fails(name="default-allow-ssh", sourceRanges=["10.0.0.0/8"], allows=TCP),
    case.fails(name="default-allow-ssh", sourceRanges=case.UNKNOWN, allows=TCP),
    case.fails(sourceRanges=["10.0.0.0/24", AUTO_MODE], allows=TCP, direction="INGRESS"),
    case.fails(sourceRanges=[case.UNKNOWN, AUTO_MODE], allows=TCP, disabled=False),
    case.fails(sourceRanges=["0.0.0.0/0"], allows=[*TCP, *PINGS]),
    case.fails(sourceRanges=["::/0"], allows=[{"protocol": "58"}]),
    case.fails(allows=PINGS),
    case.undecided(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.undecided(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=["0.0.0.0/0"], allows=case.UNKNOWN),
    case.undecided(sourceRanges=["0.0.0.0/0"], allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=[AUTO_MODE], allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=[AUTO_MODE], allows=TCP, disabled=case.UNKNOWN),
]
