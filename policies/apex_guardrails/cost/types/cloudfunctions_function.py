"""A Cloud Function of the first generation: calls, memory and processor time.

Source: Cloud Functions' price page (first generation), 2026-11.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_number
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION
from apex_guardrails.model import Resource

_GHZ: Final = {
    128: "0.2",
    256: "0.4",
    512: "0.8",
    1024: "1.4",
    2048: "2.4",
    4096: "4.8",
    8192: "4.8",
}
"""Processor speed by MiB of memory."""


_STEP: Final = Decimal("0.1")


def _rounded(seconds: Decimal) -> Decimal:
    """Each call is billed in steps of 100 ms."""
    return (seconds / _STEP).to_integral_value(ROUND_CEILING) * _STEP


@priced(CLOUDFUNCTIONS_FUNCTION, prices=("functions.*",), by_use=True)
def function(resource: Resource, pricing: Pricing) -> Components:
    """How often and how long it runs is assumed."""
    mib = read_number(resource, "availableMemoryMb", omitted=256)
    ghz = _GHZ.get(int(mib))
    if ghz is None or read_number(resource, "minInstances", omitted=0):
        raise UnpricedError("there is no price for its memory size, or its minimum instances")
    calls = pricing.assumed("function_calls")
    seconds = calls * pricing.assumed("request_seconds").each(_rounded)
    yield pricing.component("calls", "functions.invocation", calls, region=WORLDWIDE)
    yield pricing.component("memory", "functions.gib_second", seconds * (mib / 1024))
    yield pricing.component("processor", "functions.ghz_second", seconds * Decimal(ghz))
    sent = pricing.assumed("egress_gib")
    yield pricing.component("to the internet", "functions.egress.gib", sent, region=WORLDWIDE)
