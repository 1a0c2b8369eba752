"""Firewall rules name the machines that they let traffic to."""

from collections.abc import Iterator

from apex_guardrails.gcp.firewalls import is_ingress, require_in_force
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, Violation, case, rule

TARGETS = ("targetTags", "targetServiceAccounts")


@rule(
    severity="low",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    fix="Set target_service_accounts or target_tags.",
    # Where a network has one kind of machines, all are meant.
    opt_in=True,
)
def firewall_rules_have_targets(firewall: Resource) -> Iterator[Violation]:
    """A port that is opened for one machine is open on every other of the network."""
    if not firewall.is_set("allows[0]"):
        return
    # Omitted: every machine of the network (Compute Engine API, firewalls, 2026-11).
    if not any(firewall.peek(path, omitted=[]) for path in TARGETS):
        require_in_force(firewall)
        yield firewall.fail("is about every machine of its network", at=TARGETS[0])


TCP = [{"protocol": "tcp", "ports": ["443"]}]
CASES = [
    case.passes(allows=TCP, targetTags=["web"]),
    case.passes(allows=TCP, targetServiceAccounts=["web@p.iam.gserviceaccount.com"]),
    case.passes(allows=TCP, targetTags=case.UNKNOWN),
    case.passes(allows=TCP, targetServiceAccounts=[case.UNKNOWN]),
    case.passes(denies=[{"protocol": "all"}]),
    case.passes(allows=[]),
    case.fails(allows=TCP),
    case.fails(allows=TCP, targetTags=[], targetServiceAccounts=[]),
    case.fails(allows=case.UNKNOWN),
    case.not_applicable(allows=TCP, direction="EGRESS"),
    case.not_applicable(allows=TCP, disabled=True),
    case.undecided(allows=TCP, direction=case.UNKNOWN),
    case.undecided(allows=TCP, disabled=case.UNKNOWN),
]
