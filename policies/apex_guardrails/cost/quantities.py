"""Reads sizes out of a resource's inputs, however they are written."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.model import UNKNOWN, View
from apex_guardrails.model.value import Value

GIB: Final = Decimal(2**30)

_FACTORS: Final = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{name: Decimal(1000) ** power for power, name in enumerate("kMGT", start=1)},
    **{f"{name}i": Decimal(1024) ** power for power, name in enumerate("KMGT", start=1)},
}
"""The suffixes of a Kubernetes quantity (Kubernetes documentation, "Quantity", 2026-11)."""

_QUANTITY: Final = re.compile(r"(\d+(?:\.\d+)?)([a-zA-Z]*)")
_MOST: Final = 10**9


class UnpricedError(Exception):
    """Something has no price, or none that can be known before deployment; the reason."""


def to_decimal(value: Value, path: str) -> Decimal:
    """A number that is not negative.

    Raises:
        UnpricedError: it is something else.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or not 0 <= number <= _MOST:
        raise UnpricedError(f"{path} is not a size that can be priced")
    return number


def read_number(view: View, path: str, *, omitted: Decimal | int | str) -> Decimal:
    """The number at a path.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: it is no number, or a negative one.
    """
    return to_decimal(view.get(path, omitted=omitted), path)


def read_provisioned(view: View, path: str, *, omitted: Decimal | int | str = 0) -> Decimal | None:
    """The number at a path; `None` where nothing is provisioned.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: it is no number, or a negative one.
    """
    return read_number(view, path, omitted=omitted) or None


def read_bounded(
    view: View, path: str, *, omitted: Decimal | int, low: Decimal, high: Decimal | None
) -> Amounts:
    """The number at a path; what it may be where that is not known before deployment.

    Of what may be, the largest is expected: an estimate that is too low lets too much through.

    Raises:
        UndecidedError: it is not known, and neither is the largest that it may be.
        UnpricedError: it is no number, or a negative one.
    """
    if view.peek(path) is not UNKNOWN or high is None:
        return Amounts.of(read_number(view, path, omitted=omitted))
    return Amounts(min(low, high), high, high)


def parse_quantity(value: Value, path: str) -> Decimal:
    """A Kubernetes quantity such as `500m` or `512Mi`, in its base unit.

    Raises:
        UnpricedError: it is none.
    """
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None or match[2] not in _FACTORS:
        raise UnpricedError(f"{path} is not a quantity such as 500m or 512Mi")
    return to_decimal(match[1], path) * _FACTORS[match[2]]


def read_text(view: View, path: str, *, omitted: str = "") -> str:
    """The text at a path; of a URL its last part.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    return str(view.get(path, omitted=omitted)).rstrip("/").rpartition("/")[2]


def is_true(view: View, path: str, *, omitted: bool) -> bool:
    """Whether the value at a path is true, also where it is written as a text.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    return str(view.get(path, omitted=omitted)).lower() == "true"
