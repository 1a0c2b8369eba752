"""Cloud NAT: the machines that use it, its addresses, what passes through, its logs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import COMPUTE_ROUTER_NAT
from apex_guardrails.model import Resource

_MOST_BILLED = Decimal(32)
"""Machines; a gateway costs no more above (Cloud NAT's price page, 2026-11)."""


@priced(COMPUTE_ROUTER_NAT, prices=("nat.*", "log.vended_gib"))
def nat(gateway: Resource, pricing: Pricing) -> Components:
    """A gateway that allots its addresses itself has one at least."""
    machines = pricing.assumed("nat_machines").at_most(Amounts.of(_MOST_BILLED))
    yield pricing.component("machines that use it", "nat.vm_hour", machines * HOURS_PER_MONTH)
    if gateway.get("type", omitted="PUBLIC") == "PUBLIC":
        addresses = _addresses(gateway)
        yield pricing.component("addresses", "nat.ip_hour", HOURS_PER_MONTH * addresses)
    yield pricing.component("data processed", "nat.gib", pricing.assumed("nat_gib"))
    if is_true(gateway, "logConfig.enable", omitted=False):
        yield pricing.component("logs", "log.vended_gib", pricing.assumed("nat_log_gib"))


def _addresses(gateway: Resource) -> int:
    given = gateway.get("natIps", omitted=())
    return max(1, len(given) if isinstance(given, Sequence) else 0)
