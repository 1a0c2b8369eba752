"""The firewall rules of a stack as a table of the document."""

from __future__ import annotations

from apex_guardrails.gcp.references import short_name
from apex_guardrails.gcp.types import COMPUTE_NETWORK
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network.building import Builder
from apex_guardrails.network.document import FirewallRule
from apex_guardrails.network.references import NOT_KNOWN, read_text
from apex_guardrails.network.rules import PRIORITY, Rules, TrafficRule


def add_rules(builder: Builder, rules: Rules) -> None:
    """All of them, by network and in the order in which they count."""
    builder.firewall += [_entry(rule, builder) for rule in rules.all]
    builder.firewall.sort(key=lambda item: (item.network, item.priority.zfill(6), item.urn))


def _entry(rule: TrafficRule, builder: Builder) -> FirewallRule:
    resource = rule.resource
    network = builder.references.named(resource, "network", COMPUTE_NETWORK)
    peers = [*rule.ranges, *(f"tag {tag}" for tag in sorted(rule.tags))]
    peers += _accounts(rule.source_accounts, builder)
    targets = [f"tag {tag}" for tag in sorted(rule.target_tags)]
    targets += _accounts(rule.target_accounts, builder)
    priority = PRIORITY.peek(resource)
    direction = {True: "ingress", False: "egress", None: NOT_KNOWN}[rule.is_ingress]
    return FirewallRule(
        name=builder.text(resource.name),
        network=builder.text(
            network[0].name if network else short_name(read_text(resource, "network")) or NOT_KNOWN
        ),
        direction=direction if rule.is_disabled is False else f"{direction} (disabled)",
        action="allow" if rule.is_allow else "deny",
        priority=NOT_KNOWN if priority is UNKNOWN else f"{rule.priority:.0f}",
        peers=tuple(
            map(builder.text, [*peers, *([NOT_KNOWN] if rule.has_unknown_sources else [])])
        ),
        targets=tuple(
            map(builder.text, [*targets, *([NOT_KNOWN] if rule.has_unknown_targets else [])])
        ),
        ports=(*rule.shown_ports, *([NOT_KNOWN] if rule.opened.gaps else [])),
        urn=builder.text(resource.urn),
    )


def _accounts(accounts: frozenset[str], builder: Builder) -> list[str]:
    stack = builder.stack
    return [
        f"account {stack.resources[item].name if item in stack.resources else item}"
        for item in sorted(accounts)
        if item in stack.resources or "@" in item
    ]
