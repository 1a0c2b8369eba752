"""SSH is allowed only from Identity-Aware Proxy."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.firewalls import is_ingress, opened, require_in_force, source_of
from apex_guardrails.gcp.google_addresses import IAP_PROXY
from apex_guardrails.gcp.networks import is_within
from apex_guardrails.gcp.public_space import WideRanges, parse_interval
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Looser, Resource, UndecidedError, View, Violation, case, rule

SSH = 22


class OtherSources(WideRanges):
    """Where SSH may come from, the proxy aside."""

    ranges: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (), description="Ranges that SSH may come from, too, such as a bastion's subnet."
    )


@rule(
    severity="low",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["cis-gcp-4.0:3.10"],
    fix=f'Set source_ranges=["{IAP_PROXY[0]}"].',
    parameters=OtherSources,
)
def firewall_iap_for_ssh(firewall: Resource, settings: OtherSources) -> Iterator[Violation]:
    """Direct SSH bypasses identity checks."""
    if source_of(firewall, settings).share:
        return  # firewall-ssh-not-public
    # A source by tag or service account is a machine of the network, such as a bastion.
    others, unknown = _others(firewall, (*IAP_PROXY, *settings.ranges))
    if not others and not unknown:
        return
    here = opened(firewall)
    if any(here.hits(("tcp",), (SSH,))):
        require_in_force(firewall)
        for given in others:
            yield given.fail(f"allows SSH from {given.get('')}")
        if unknown:
            raise UndecidedError(unknown)
    here.require(("tcp",), (SSH,))


def _others(firewall: Resource, allowed: Iterable[str]) -> tuple[list[View], str]:
    """The ranges that are not within those that are allowed; the path of what cannot be told."""
    others: list[View] = []
    unknown = ""
    try:
        for given in firewall.each("sourceRanges"):
            text = given.get("")
            if parse_interval(text) is None:
                unknown = unknown or given.path
            elif not any(is_within(text, outer) for outer in allowed):
                others.append(given)
    except UndecidedError as undecided:
        unknown = unknown or undecided.path
    return others, unknown


TCP = [{"protocol": "tcp", "ports": ["22"]}]
CASES = [
    case.passes(sourceRanges=IAP_PROXY, allows=TCP),
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
    case.undecided(
        sourceRanges=["10.0.0.0/8"], allows=[{"protocol": case.UNKNOWN, "ports": ["22"]}]
    ),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=[{"protocol": case.UNKNOWN}]),
    case.passes(sourceRanges=["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"], allows=TCP),
    case.passes(sourceRanges=["8.0.0.0/7", case.UNKNOWN], allows=TCP),
    case.fails(sourceRanges=["8.0.0.0/7"], allows=TCP, _parameters={"widest_ipv4": 7}),
    case.passes(sourceRanges=[case.UNKNOWN], allows=[{"protocol": "tcp", "ports": ["443"]}]),
    case.passes(sourceRanges=["35.235.240.0/20"], allows=case.UNKNOWN),
    case.undecided(sourceRanges=["35.235.240.0/20", "office"], allows=TCP),
    case.undecided(
        sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]
    ),
    case.undecided(
        sourceRanges=["10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]
    ),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=["10.0.0.0/8"], allows=TCP, disabled=case.UNKNOWN),
]
