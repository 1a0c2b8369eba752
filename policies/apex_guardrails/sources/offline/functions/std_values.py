"""The functions of Pulumi's package std on lists, maps and numbers.

Source: pulumi-std 2.3.2 and the Terraform functions that it follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from apex_guardrails.sources.offline.functions.asked import ArgumentError
from apex_guardrails.sources.offline.functions.std_texts import Function, formatted, shown

_MOST_NUMBERS: Final = 1024
"""The longest `range` that Terraform makes."""


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _flat(value: Any) -> Iterator[Any]:
    if not isinstance(value, list):
        yield value
        return
    for item in value:
        yield from _flat(item)


def _merged(values: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: item for value in values for key, item in (value or {}).items()}


def _first(values: Iterable[Any]) -> Any:
    found = next((value for value in values if value not in (None, "", [])), None)
    if found is None:
        raise ArgumentError("has no value that is not empty")
    return found


def _numbers(limit: float, start: float = 0, step: float | None = None) -> list[float]:
    by = step if step is not None else (1 if limit >= start else -1)
    if by == 0 or abs(limit - start) / abs(by) > _MOST_NUMBERS:
        raise ArgumentError(f"would have more than {_MOST_NUMBERS} numbers")
    counted = itertools.count(start, by)
    return list(
        itertools.takewhile(lambda value: value < limit if by > 0 else value > limit, counted)
    )


def _looked_up(mapping: Mapping[str, Any], key: str, default: Any = None) -> Any:
    if key not in mapping and default is None:
        raise ArgumentError(f"has no key {key}")
    return mapping.get(key, default)


def _lists(value: str, args: list[Any] | None = None) -> list[str]:
    length = max((len(item) for item in args or [] if isinstance(item, list)), default=1)
    columns = [item if isinstance(item, list) else [item] * length for item in args or []]
    return [formatted(value, list(row)) for row in zip(*columns, strict=True)]


def _transposed(value: Mapping[str, list[str]]) -> dict[str, list[str]]:
    found = sorted({item for items in value.values() for item in items})
    return {item: sorted(key for key in value if item in value[key]) for item in found}


def _truth(value: Any) -> Any:
    if value not in (None, True, False, "true", "false"):
        raise ArgumentError("is no boolean")
    return value if isinstance(value, bool | None) else value == "true"


def _number(value: Any) -> Any:
    if value is None:
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def _element(value: list[Any], index: int) -> Any:
    if not value:
        raise ArgumentError("has no elements")
    return value[int(index) % len(value)]


def _pairs(args: list[Any]) -> dict[str, Any]:
    return dict(zip(args[::2], args[1::2], strict=True))


VALUES: Final[Mapping[str, Function]] = {
    "abs": abs,
    "alltrue": lambda value: all(item in (True, "true") for item in value),
    "anytrue": lambda value: any(item in (True, "true") for item in value),
    "ceil": math.ceil,
    "chunklist": lambda value, size: [
        value[at : at + int(size)] for at in range(0, len(value), int(size))
    ],
    "coalesce": _first,
    "coalescelist": _first,
    "compact": lambda value: [item for item in value if item],
    "concat": lambda value: list(itertools.chain(*value)),
    "contains": lambda value, element: element in value,
    "distinct": _distinct,
    "element": _element,
    "flatten": lambda value: list(_flat(value)),
    "floor": math.floor,
    "formatlist": _lists,
    "index": lambda value, element: value.index(element),
    "keys": sorted,
    "length": len,
    "log": lambda base, value: math.log(value, base),
    "lookup": _looked_up,
    "map": _pairs,
    "max": max,
    "merge": _merged,
    "min": min,
    "parseint": lambda value, base=10: int(value, int(base)),
    "pow": pow,
    "range": _numbers,
    "reverse": lambda value: value[::-1],
    "setintersection": lambda value: [
        item for item in value[0] if all(item in other for other in value[1:])
    ],
    "signum": lambda value: (value > 0) - (value < 0),
    "slice": lambda values, to, **at: values[int(at.get("from", 0)) : int(to)],
    "sort": sorted,
    "sum": sum,
    "tobool": _truth,
    "tolist": list,
    "tonumber": _number,
    "toset": lambda value: sorted(_distinct(value), key=str),
    "tostring": lambda value: None if value is None else shown(value),
    "transpose": _transposed,
    "values": lambda value: [value[key] for key in sorted(value)],
    "zipmap": lambda keys, values: dict(zip(keys, values, strict=True)),
}
