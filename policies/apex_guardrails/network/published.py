"""Databases that Private Service Connect publishes to every project of Google Cloud.

Source: Virtual Private Cloud documentation, "Manage published services": a service attachment that
accepts all connections takes those of any consumer (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.types import COMPUTE_SERVICE_ATTACHMENT
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.databases import Reason, find_reason, find_sayings
from apex_guardrails.network.facts import Facts, facts_of
from apex_guardrails.network.forwarding import End, find_ends
from apex_guardrails.network.ways import Way, describe

_PREFERENCE: Final = "connectionPreference"


def published_databases(stack: Stack) -> Iterator[Way]:
    """The ways from any project to a database of the stack."""
    facts = facts_of(stack)
    for attachment in stack.of_type(COMPUTE_SERVICE_ATTACHMENT):
        preference = attachment.peek(_PREFERENCE)
        if preference is not UNKNOWN and preference != "ACCEPT_AUTOMATIC":
            continue
        for rule in facts.references.named(attachment, "targetService", *FORWARDING):
            yield from _behind(facts, attachment, rule, is_known=preference is not UNKNOWN)


def _behind(facts: Facts, attachment: Resource, rule: Resource, *, is_known: bool) -> Iterator[Way]:
    for end in find_ends(facts.references, rule):
        found = _database(facts, end)
        if found is not None and not end.is_guarded:
            hops = dict.fromkeys(map(describe, (attachment, rule, *end.hops, end.resource)))
            # Where its ports are not known, those of the rule decide.
            is_open = is_known and found.is_known
            unknown = (rule, "ports") if is_known and not is_open else None
            yield Way(attachment, _PREFERENCE, tuple(hops), found.words, is_open, unknown)


def _database(facts: Facts, end: End) -> Reason | None:
    """Why an end is a database."""
    hosts = facts.by_urn.get(end.resource.urn, ())
    described = [host.described for host in hosts] or [(end.resource, *reversed(end.hops))]
    found = (
        find_reason(end.ports, list(find_sayings(of)), is_http=end.is_http) for of in described
    )
    return next(filter(None, found), None)
