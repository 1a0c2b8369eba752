"""What is read of a stack once, for its network's picture and for all rules about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from policies.model.stack import Stack
from policies.network.hosts import Host, hosts
from policies.network.references import References
from policies.network.rules import Rules, read_rules


@dataclass
class Facts:
    """What resources name, which machines there are, and what firewall rules let in."""

    stack: Stack

    @cached_property
    def references(self) -> References:
        """Finds what inputs name."""
        return References(self.stack)

    @cached_property
    def rules(self) -> Rules:
        """The firewall rules."""
        return read_rules(self.references)

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """The machines and groups of machines."""
        return tuple(hosts(self.references))


def facts_of(stack: Stack) -> Facts:
    """The facts of a stack, read once as long as it does not change."""
    return stack.once(Facts)
