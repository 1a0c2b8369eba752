"""What is read of a stack once, for its network's picture and for all rules about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from apex_guardrails.model.stack import Stack
from apex_guardrails.network.firewall_policies import add_policies
from apex_guardrails.network.forwarding import Ports
from apex_guardrails.network.grants import Everybody
from apex_guardrails.network.hosts import Host, Signature, find_hosts
from apex_guardrails.network.references import References
from apex_guardrails.network.rules import Let, Rules, read_rules
from apex_guardrails.network.serverless import find_callers


@dataclass
class Facts:
    """What resources name, which machines there are, and what firewall rules let in."""

    stack: Stack
    let_through: dict[tuple[Signature, Ports], list[tuple[Let, Ports]]] = field(
        default_factory=dict
    )
    """What firewall rules let in to machines that are alike, of what comes to some ports."""

    @cached_property
    def references(self) -> References:
        """Finds what inputs name."""
        return References(self.stack)

    @cached_property
    def rules(self) -> Rules:
        """The firewall rules, and those of policies."""
        rules = read_rules(self.references)
        add_policies(self.references, rules)
        return rules

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """The machines and groups of machines."""
        return tuple(find_hosts(self.references))

    @cached_property
    def by_urn(self) -> Mapping[str, Sequence[Host]]:
        """The same by the machine's or group's URN."""
        found: dict[str, list[Host]] = {}
        for host in self.hosts:
            found.setdefault(host.resource.urn, []).append(host)
        return found

    @cached_property
    def everybody(self) -> Mapping[str, Everybody]:
        """Which services and functions everybody may call, by URN."""
        return find_callers(self.references)


def facts_of(stack: Stack) -> Facts:
    """The facts of a stack, read once as long as it does not change."""
    return stack.once(Facts)
