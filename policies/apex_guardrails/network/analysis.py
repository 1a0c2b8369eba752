"""From the resources of a stack to its network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from apex_guardrails.model.stack import Stack
from apex_guardrails.network.building import Builder
from apex_guardrails.network.clusters import add_clusters
from apex_guardrails.network.data import add_data
from apex_guardrails.network.document import NetworkDocument
from apex_guardrails.network.facts import facts_of
from apex_guardrails.network.kinds import is_unknown
from apex_guardrails.network.listing import add_rules
from apex_guardrails.network.load_balancers import add_load_balancers
from apex_guardrails.network.machines import add_machines
from apex_guardrails.network.serverless import add_serverless
from apex_guardrails.network.vpc import Networks


def network_of(stack: Stack, text: Callable[[str], str] = str) -> NetworkDocument:
    """What may talk to what in a stack, and what is public.

    Args:
        stack: its resources, as a source knows them.
        text: makes a text of the program fit for a document.
    """
    # The same names and URNs stand in many places.
    facts = facts_of(stack)
    builder = Builder(facts.references, cache(text))
    networks = Networks(builder)
    networks.read()
    add_rules(builder, facts.rules)
    add_machines(builder, facts.hosts, facts.rules, networks)
    add_clusters(builder, networks)
    add_serverless(builder, networks)
    add_data(builder, networks)
    add_load_balancers(builder, networks)
    networks.add_ways_out()
    return NetworkDocument(
        nodes=builder.nodes,
        edges=builder.edges,
        firewall=tuple(builder.firewall),
        unknown_types=tuple(_unknown_types(stack, text)),
        notes=tuple(_notes(builder)),
    )


def _unknown_types(stack: Stack, text: Callable[[str], str]) -> list[str]:
    counts = Counter(
        item.type.token for item in stack if item.custom and is_unknown(item.type.token)
    )
    return [text(f"{token} ({count:,})") for token, count in sorted(counts.items())]


def _notes(builder: Builder) -> list[str]:
    counts = dict(builder.notes)
    if builder.references.namesakes:
        counts["a name is that of many resources"] = len(builder.references.namesakes)
    notes = [
        f"{what}{f' (so {count:,} times)' if count > 1 else ''}"
        for what, count in sorted(counts.items())
    ]
    if builder.references.dependencies_unknown:
        notes.append("what refers to what is not known yet: ways may be missing")
    return notes
