"""A Serverless VPC Access connector: the machines it consists of, two at least.

Source: Serverless VPC Access' documentation and price page, 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.machines import MACHINE_PRICES, machine_components
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_number, read_text
from apex_guardrails.gcp.machines import CONNECTOR_MACHINE
from apex_guardrails.gcp.types import VPCACCESS_CONNECTOR
from apex_guardrails.model import Resource

_FEWEST: Final = Decimal(2)
_MOST_BY_DEFAULT: Final = Decimal(10)
_THROUGHPUT: Final = Decimal(100)
"""Mbit/s of an e2-micro, of which throughput is given in place of instances."""


@priced(VPCACCESS_CONNECTOR, prices=MACHINE_PRICES)
def connector(resource: Resource, pricing: Pricing) -> Components:
    """It grows under load and never shrinks: the most it may become is the high case."""
    least = _machines(resource, "min", _FEWEST)
    most = _machines(resource, "max", _MOST_BY_DEFAULT)
    name = read_text(resource, CONNECTOR_MACHINE.path, omitted=CONNECTOR_MACHINE.omitted)
    count = Amounts(least, least, max(least, most))
    yield from machine_components(name, count, pricing, spot=False)


def _machines(resource: Resource, which: str, omitted: Decimal) -> Decimal:
    if resource.is_set(f"{which}Throughput") and not resource.is_set(f"{which}Instances"):
        machines = read_number(resource, f"{which}Throughput", omitted=0) / _THROUGHPUT
    else:
        machines = read_number(resource, f"{which}Instances", omitted=omitted)
    return max(_FEWEST, machines)
