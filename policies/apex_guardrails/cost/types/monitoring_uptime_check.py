"""An uptime check: one execution from each location in each period."""

from __future__ import annotations

import re
from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.usage import SECONDS_PER_MONTH
from apex_guardrails.gcp.types import MONITORING_UPTIME_CHECK_CONFIG
from apex_guardrails.model import Resource

_LOCATIONS = {"USA": 3}
"""Checkers of a region; the others have one (Cloud Monitoring documentation, 2026-11)."""
_ALL_LOCATIONS = 6


@priced(MONITORING_UPTIME_CHECK_CONFIG, prices=("uptime.1k_executions",))
def uptime_check(check: Resource, pricing: Pricing) -> Components:
    """The first million executions of a project are free."""
    period = re.fullmatch(r"(\d{1,9})s", str(check.get("period", omitted="300s")))
    if period is None or not int(period[1]):
        raise UnpricedError("period is not a number of seconds such as 300s")
    regions = [str(region.get("")) for region in check.each("selectedRegions")]
    locations = sum(_LOCATIONS.get(name, 1) for name in regions) or _ALL_LOCATIONS
    thousands = SECONDS_PER_MONTH / int(period[1]) * locations / 1000
    executions = thousands.quantize(Decimal("0.001"))
    yield pricing.component("executions", "uptime.1k_executions", executions, region=WORLDWIDE)
