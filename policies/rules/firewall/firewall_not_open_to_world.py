"""No firewall rule admits the whole internet."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.networks import is_world


@rule(
    severity="critical",
    on="gcp:compute/firewall:Firewall",
    controls=["trivy:GCP-0027"],
    fix=(
        "Narrow source_ranges, or use source_tags or source_service_accounts; for a login, "
        "35.235.240.0/20 (Identity-Aware Proxy); for a public service, a load balancer."
    ),
)
def firewall_not_open_to_world(firewall: Resource) -> Iterator[Complaint]:
    """Every machine behind the rule is scanned and attacked within minutes."""
    # Omitted: ingress, in force, and nothing allowed (Compute Engine API, firewalls, 2026-11).
    if firewall.get("direction", omitted="INGRESS") != "INGRESS":
        return
    if firewall.get("disabled", omitted=False) is True or not firewall.is_set("allows"):
        return
    named_sources = firewall.is_set("sourceTags") or firewall.is_set("sourceServiceAccounts")
    if not firewall.is_set("sourceRanges") and not named_sources:
        yield firewall.fail("admits any address, as it names no source", at="sourceRanges")
    for source in firewall.each("sourceRanges"):
        if is_world(source.get("")):
            yield firewall.fail(f"admits {source.get('')}", at=source.path)


TCP = [{"protocol": "tcp", "ports": ["22"]}]
CASES = [
    case.passes(allows=TCP, sourceRanges=["10.0.0.0/8", "35.235.240.0/20"]),
    case.passes(allows=TCP, sourceTags=["bastion"]),
    case.passes(allows=TCP, sourceServiceAccounts=[case.UNKNOWN]),
    case.passes(allows=TCP, sourceRanges=["0.0.0.0/0"], direction="EGRESS"),
    case.passes(allows=TCP, sourceRanges=["0.0.0.0/0"], disabled=True),
    case.passes(denies=[{"protocol": "all"}], sourceRanges=["0.0.0.0/0"]),
    case.passes(allows=TCP, sourceRanges=["somewhere"]),
    case.passes(),
    case.fails(allows=TCP, sourceRanges=["10.0.0.0/8", "0.0.0.0/0"]),
    case.fails(allows=TCP, sourceRanges=["::/0"], sourceTags=["bastion"]),
    case.fails(allows=TCP, sourceRanges=["0.0.0.0/1", "128.0.0.0/1"]),
    case.fails(allows=case.UNKNOWN, sourceRanges=["0.0.0.0/0"], direction="INGRESS"),
    case.fails(allows=TCP, sourceRanges=[case.UNKNOWN, "0.0.0.0/0"]),
    case.fails(allows=TCP, disabled=False),
    case.fails(allows=TCP),
    case.undecided(allows=TCP, sourceRanges=[case.UNKNOWN]),
    case.undecided(allows=TCP, sourceRanges=case.UNKNOWN),
    case.undecided(allows=TCP, direction=case.UNKNOWN),
    case.undecided(allows=TCP, sourceRanges=["0.0.0.0/0"], disabled=case.UNKNOWN),
]
