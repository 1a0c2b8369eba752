"""How many machines a group or a pool has that grows by itself, in the three cases."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.amounts import Amounts


def scaled(given: Decimal | None, least: Decimal, most: Decimal) -> Amounts:
    """From the fewest to the most; what it starts with is expected, within these.

    Where no number is given to start with, it starts with the fewest: an autoscaler adds machines
    under load only.

    Args:
        given: the size that is given beside the autoscaler's bounds, if any.
        least: the fewest machines.
        most: the most machines.
    """
    most = max(least, most)
    start = least if given is None else given
    return Amounts(least, min(max(start, least), most), most)
