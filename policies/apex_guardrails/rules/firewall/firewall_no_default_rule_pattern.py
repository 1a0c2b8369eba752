"""The default network's firewall rules are not recreated."""

from collections.abc import Iterator

from apex_guardrails.gcp.admitted import ranges_at
from apex_guardrails.gcp.firewalls import (
    PING,
    is_ingress,
    opened,
    require_in_force,
    require_open,
    source_of,
)
from apex_guardrails.gcp.public_space import WideRanges, parse_interval, unite
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, UndecidedError, Violation, case, rule

# The subnets of every network in auto mode (VPC documentation, "Auto mode IPv4 ranges", 2026-11).
AUTO_MODE = "10.128.0.0/9"
AUTO_MODE_ADDRESSES = parse_interval(AUTO_MODE)


@rule(
    severity="medium",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0073"],
    fix="Write rules for the subnets and ports that you use.",
    parameters=WideRanges,
)
def firewall_no_default_rule_pattern(firewall: Resource, limits: WideRanges) -> Iterator[Violation]:
    """They allow all of 10.128.0.0/9, and ICMP from anywhere."""
    # That the other ports are open to the internet is what the other rules say.
    here = opened(firewall)
    if not here.entries and not here.gaps:
        return
    if str(firewall.peek("name")).startswith("default-allow-"):
        _require_allow(firewall)
        yield firewall.fail("has the name of a default network rule", at="name")
        return
    if _admits_auto_mode(firewall):
        _require_allow(firewall)
        yield firewall.fail(f"allows {AUTO_MODE}, as the default network does", at="sourceRanges")
    whom = source_of(firewall, limits)
    if whom.is_certainly_not_public:
        return
    for entry in here.entries:
        if entry.protocol in PING:
            require_open(firewall, whom)
            yield entry.view.fail(f"allows ICMP from {whom.share} ({whom.at})")
            return
    for gap in here.gaps:
        if gap.protocol is None:
            raise UndecidedError(gap.path)


def _require_allow(firewall: Resource) -> None:
    require_in_force(firewall)
    here = opened(firewall)
    if not here.entries:
        raise UndecidedError(here.gaps[0].path)


def _admits_auto_mode(firewall: Resource) -> bool:
    # One that is not known is another resource's output, and none has this range.
    together = unite(text for _, text in ranges_at(firewall, "sourceRanges"))
    return any(
        (bits, piece) == AUTO_MODE_ADDRESSES for bits in together for piece in together[bits]
    )


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
    case.passes(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.passes(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=[case.UNKNOWN], allows=PINGS),
    case.undecided(sourceRanges=case.UNKNOWN, allows=PINGS),
    case.fails(sourceRanges=["10.128.0.0/10", "10.192.0.0/10"], allows=TCP),
    case.fails(sourceRanges=AUTO_MODE, allows=TCP),
    case.fails(sourceRanges=["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"], allows=PINGS),
    case.fails(sourceRanges=["8.0.0.0/7"], allows=PINGS),
    case.passes(sourceRanges=["8.0.0.0/7"], allows=PINGS, _parameters={"widest_ipv4": 7}),
    case.undecided(sourceRanges=["office"], allows=PINGS),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": case.UNKNOWN}]),
    case.passes(sourceRanges=["0.0.0.0/0"], allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]),
    case.undecided(name="default-allow-ssh", allows=case.UNKNOWN),
    case.undecided(
        sourceRanges=["0.0.0.0/0"], allows=[{"protocol": case.UNKNOWN, "ports": case.UNKNOWN}]
    ),
    case.passes(),
    case.undecided(name="default-allow-ssh", allows=TCP, disabled=case.UNKNOWN),
    case.undecided(sourceRanges=["0.0.0.0/0"], allows=PINGS, disabled=case.UNKNOWN),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=TCP),
    case.passes(sourceRanges=["10.128.0.0/10"], allows=TCP),
    case.undecided(sourceRanges=["0.0.0.0/0"], allows=case.UNKNOWN),
    case.undecided(sourceRanges=["0.0.0.0/0"], allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=[AUTO_MODE], allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=[AUTO_MODE], allows=TCP, disabled=case.UNKNOWN),
]
