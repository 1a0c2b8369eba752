"""Units of measure as the catalogue writes them, and exact conversion between them.

Source: Cloud Billing API v1, `PricingExpression.usageUnit`: a part of UCUM, such as `GiBy.h`.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

_PREFIXES: Final = {
    "": 1,
    **{name: 1000**power for power, name in enumerate("kMGTP", start=1)},
    **{f"{name}i": 1024**power for power, name in enumerate("KMGTP", start=1)},
}
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "mo": 730 * 3600}
"""A month has 730 hours, as everywhere in an estimate."""

_BYTES: Final = re.compile(r"([kMGTP]|[KMGTP]i)?By")
_DIGITS: Final = 60


class UnitError(ValueError):
    """A unit cannot be converted; the reason."""


def unit_ratio(ours: str, theirs: str) -> Fraction:
    """How many of the catalogue's unit one of ours is.

    Raises:
        UnitError: one is unknown, or they measure different things.
    """
    size, kinds = _parsed(ours)
    their_size, their_kinds = _parsed(theirs)
    if kinds != their_kinds:
        raise UnitError(f"is billed by {theirs}, which is not a measure of {ours}")
    return Fraction(size, their_size)


def to_decimal(value: Fraction) -> Decimal:
    """The decimal number that a fraction is.

    Raises:
        UnitError: it has no end.
    """
    with localcontext(prec=_DIGITS) as context:
        found = Decimal(value.numerator) / Decimal(value.denominator)
        context.prec = 2 * _DIGITS
        if Fraction(found) != value:
            raise UnitError(f"its price cannot be converted exactly ({value})")
    return found


def _parsed(unit: str) -> tuple[int, Counter[str]]:
    """The size of a unit in base units, and what it measures."""
    size, kinds = 1, Counter[str]()
    for part in unit.split("."):
        if part in ("1", "count"):
            continue
        if part in _SECONDS:
            size *= _SECONDS[part]
            kinds["time"] += 1
        elif match := _BYTES.fullmatch(part):
            size *= _PREFIXES[match[1] or ""]
            kinds["bytes"] += 1
        else:
            raise UnitError(f"is billed by {unit}, which is not a known unit")
    return size, kinds
