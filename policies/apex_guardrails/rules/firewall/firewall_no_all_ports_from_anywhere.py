"""No firewall rule opens all ports to the whole internet."""

from collections.abc import Iterator

from apex_guardrails.gcp.firewalls import (
    format_protocols,
    is_ingress,
    opened,
    require_open,
    source_of,
)
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="critical",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["checkov:CKV2_GCP_12", "trivy:GCP-0072"],
    fix="List the ports in allows, and narrow source_ranges.",
    parameters=WideRanges,
)
def firewall_no_all_ports_from_anywhere(
    firewall: Resource, limits: WideRanges
) -> Iterator[Violation]:
    """Every open port behind the rule is exposed to the internet."""
    whom = source_of(firewall, limits)
    if whom.is_certainly_not_public:
        return
    everything = opened(firewall).everything
    if everything:
        require_open(firewall, whom)
        what = format_protocols(everything)
        yield everything[0].view.fail(f"opens {what} to {whom.share} ({whom.at})")
        return
    opened(firewall).require_everything()


WORLD = ["0.0.0.0/0"]
TCP = [{"protocol": "tcp"}]
CASES = [
    case.passes(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": ["443", "8000-9000"]}]),
    case.passes(sourceRanges=WORLD, allows=[{"protocol": "icmp"}]),
    case.passes(sourceRanges=WORLD, allows=[{"ports": []}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=TCP),
    case.passes(sourceTags=["bastion"], allows=TCP),
    case.passes(sourceRanges=WORLD, denies=[{"protocol": "all"}]),
    case.passes(sourceRanges=WORLD, allows=[]),
    case.not_applicable(sourceRanges=WORLD, allows=TCP, direction="EGRESS"),
    case.not_applicable(sourceRanges=WORLD, allows=TCP, disabled=True),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "all"}]),
    case.fails(sourceRanges=WORLD, allows=TCP, direction="INGRESS", disabled=False),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "TCP", "ports": []}]),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": 17, "ports": ["0-65535"]}]),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "sctp", "ports": ["22", "1-65535"]}]),
    case.fails(sourceRanges=["10.0.0.0/8", "::/0"], allows=TCP),
    case.fails(sourceRanges=WORLD, allows=[case.UNKNOWN, *TCP]),
    case.fails(sourceRanges=[], allows=TCP),
    case.fails(allows=TCP),
    case.fails(sourceRanges=["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"], allows=TCP),
    case.fails(sourceRanges=["8.0.0.0/7"], allows=TCP),
    case.passes(sourceRanges=["8.0.0.0/7"], allows=TCP, _parameters={"widest_ipv4": 7}),
    case.fails(
        sourceRanges=WORLD,
        allows=[{"protocol": "tcp", "ports": ["0-99"]}, {"protocol": "tcp", "ports": ["99-65535"]}],
    ),
    case.passes(
        sourceRanges=WORLD,
        allows=[{"protocol": "tcp", "ports": ["0-99"]}, {"protocol": "udp", "ports": ["99-65535"]}],
    ),
    case.passes(
        sourceRanges=WORLD,
        allows=[
            {"protocol": "tcp", "ports": ["0-99"]},
            {"protocol": "tcp", "ports": ["101-65535"]},
        ],
    ),
    case.passes(sourceRanges=[case.UNKNOWN], allows=[{"protocol": "tcp", "ports": ["443"]}]),
    case.passes(sourceRanges=[case.UNKNOWN], allows=[{"protocol": "icmp", "ports": case.UNKNOWN}]),
    case.passes(sourceRanges=WORLD, allows=[{"protocol": case.UNKNOWN, "ports": ["443"]}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=case.UNKNOWN),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=TCP, direction=case.UNKNOWN),
    *(
        case.undecided(sourceRanges=[text], allows=TCP)
        for text in ("office", "10.0.0.0/x", "10.0.0.0/33", "0.0.0.0/0 ", "*")
    ),
    # An IPv4 address may be written as an IPv6 one.
    case.fails(sourceRanges=["::ffff:0.0.0.0/96"], allows=TCP),
    case.passes(sourceRanges=["::ffff:10.0.0.0/104"], allows=TCP),
    case.undecided(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.undecided(sourceRanges=WORLD, allows=case.UNKNOWN),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]),
    case.undecided(sourceRanges=WORLD, allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=WORLD, allows=TCP, disabled=case.UNKNOWN),
]
