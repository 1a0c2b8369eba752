"""Stacks of a few resources, and their networks as short texts."""

from __future__ import annotations

from apex_guardrails.model import Outcome, Stack
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.network.analysis import network_of
from apex_guardrails.network.document import NetworkDocument
from apex_guardrails.rules import all_rules
from apex_guardrails.testing.cases import build


def stack_of(*resources: CaseResource) -> Stack:
    """A stack of resources, each with its type."""
    return build(all_rules()[0], Case(Outcome.PASSES, resources))


def network(*resources: CaseResource) -> NetworkDocument:
    """The network of a stack of resources."""
    return network_of(stack_of(*resources))


def edges(*resources: CaseResource) -> list[str]:
    """The edges of a network, such as `Internet > web: open tcp 443`."""
    return edges_of(network(*resources))


def edges_of(found: NetworkDocument) -> list[str]:
    """The same of a network that is there already; two that read the same are one."""
    names = {node.id: node.name for node in found.nodes}
    texts = (
        f"{names[edge.source]} > {names[edge.target]}: "
        f"{' '.join([edge.access, ', '.join(edge.ports)]).strip()}"
        for edge in found.edges
    )
    return sorted(set(texts))


def from_outside(*resources: CaseResource) -> list[str]:
    """The edges that are not private."""
    return [edge for edge in edges(*resources) if ": private" not in edge]
