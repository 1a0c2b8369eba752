"""Pulumi's package std, whose functions compute their answer from the arguments alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import ArgumentError, Asked
from apex_guardrails.sources.offline.functions.std_texts import TEXTS, of_files
from apex_guardrails.sources.offline.functions.std_values import VALUES

PACKAGE: Final = "std:index:"

_NAMES: Final = {"input": "value", "list": "values", "map": "mapping"}
"""How arguments are called here that Python has names for."""

_ORDERS: Final = {
    "cidrhost": ("input", "host"),
    "cidrsubnet": ("input", "newbits", "netnum"),
    "cidrsubnets": ("input", "newbits"),
    "log": ("base", "input"),
    "pow": ("base", "exponent"),
    "regex": ("pattern", "string"),
    "substr": ("input", "offset", "length"),
}
"""The arguments, in order, of functions that have other names for them."""


def std(asked: Asked) -> Mapping[str, Value] | None:
    """The answer of a function; `None` for one that is not known here, or is never the same.

    Raises:
        ArgumentError: the function refuses its arguments.
    """
    name = asked.token.removeprefix(PACKAGE)
    function = TEXTS.get(name) or VALUES.get(name) or of_files(asked.folder).get(name)
    if function is None:
        return None
    given = dict(asked.arguments)
    order = _ORDERS.get(name, tuple(given) if len(given) == 1 else ())
    positional = [given.pop(key) for key in order if key in given]
    named = {_NAMES.get(key, key): value for key, value in given.items()}
    try:
        return {"result": function(*positional, **named)}
    except ArgumentError:
        raise
    except Exception as error:  # noqa: BLE001 the program decides what a function is given
        raise ArgumentError(f"refuses its arguments: {error}") from None
