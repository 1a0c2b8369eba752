"""What a stack costs in a month: prices, assumptions, and one small file for each resource type.

Pure but for reading the price files; imports the model alone. What has no price is listed as
unpriced, and is never zero.
"""

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.estimate import estimate
from apex_guardrails.cost.model import Component, Estimate, FixedLine, StackCost, Status
from apex_guardrails.cost.price_files import (
    given_prices,
    load_prices,
    packaged_prices,
    read_prices,
)
from apex_guardrails.cost.prices import Price, PriceFile, Prices
from apex_guardrails.cost.spending import make_spending
from apex_guardrails.cost.usage import Assumption, ResourceUsage, Usage

__all__ = [
    "Amounts",
    "Assumption",
    "Component",
    "Estimate",
    "FixedLine",
    "Price",
    "PriceFile",
    "Prices",
    "ResourceUsage",
    "StackCost",
    "Status",
    "Usage",
    "estimate",
    "given_prices",
    "load_prices",
    "make_spending",
    "packaged_prices",
    "read_prices",
]
