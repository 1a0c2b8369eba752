"""What Pydantic complains of, in the words of the files that people write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

_KINDS: Final = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "keys and values"),
    **dict.fromkeys(("tuple_type", "list_type", "set_type", "frozen_set_type"), "a list"),
    "string_type": "text",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("decimal_type", "decimal_parsing"), "a number"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "a date"),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), "a time"),
    "finite_number": "a finite number",
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
}
"""By the type of a mistake: what is expected."""

_WHOLE: Final = {"missing": "is missing", "extra_forbidden": "unknown key"}

_MEANT: Final = {
    **dict.fromkeys(("off", "none", "no", "never", "ignore", "skip", "false"), "disabled"),
    **dict.fromkeys(("warn", "warning", "info", "advice", "note"), "advisory"),
    **dict.fromkeys(("on", "error", "block", "fail", "deny", "required", "true"), "mandatory"),
}
"""Words of other tools, and of YAML, for ours."""

_LIMITS: Final = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "at most {le}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "string_pattern_mismatch": "text that matches {pattern}",
}
"""The same for what has a bound."""


def mismatch(error: Mapping[str, Any]) -> str:
    """What was expected of a value, and what was found.

    A text itself is not shown: it may be a secret that was put into the wrong place.
    """
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind in _WHOLE:
        return _WHOLE[kind]
    if kind == "json_invalid":
        return f"not valid JSON: {context['error']}"
    if kind == "value_error":
        said = str(error["msg"]).partition(", ")[2]
        # What names an example after a comma is a sentence of its own.
        is_open = said.startswith("expected ") and "," not in said
        return f"{said}, found {found(value)}" if is_open else said
    if kind in {"enum", "literal_error"}:
        expected = str(context["expected"]).replace("'", "")
        return f"expected {expected}, found {_shown(value)}{_meant(value, choices(error))}"
    if kind in _KINDS:
        return f"expected {_KINDS[kind]}, found {found(value)}"
    if kind in _LIMITS:
        expected = re.sub(r"\b(1 \w+)s$", r"\1", _LIMITS[kind].format_map(context))
        return f"expected {expected}, found {_shown(value)}"
    message = str(error["msg"])
    return f"{message[:1].lower()}{message[1:]}, found {found(value)}"


def _meant(value: object, known: Collection[str]) -> str:
    """`, did you mean "x"?` for a word of ours that is meant; "" where none can be."""
    if not isinstance(value, str | bool):
        return ""
    ours = _MEANT.get(str(value).lower())
    return f', did you mean "{ours}"?' if ours in known else nearest(str(value), known)


def choices(error: Mapping[str, Any]) -> list[str]:
    """The texts of which one was expected."""
    return re.findall(r"'([^']+)'", error["ctx"]["expected"])


def nearest(name: str, names: Iterable[str]) -> str:
    """`, did you mean "x"?` for the name most like it; "" where none is."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f', did you mean "{near[0]}"?' if near else ""


def found(value: object) -> str:
    """What kind of value stands somewhere."""
    if value == [] or (isinstance(value, str) and not value.strip()):
        return f"an empty {'list' if value == [] else 'string'}"
    if isinstance(value, bool):
        return str(value).lower()
    kinds = {**dict.fromkeys((int, float, Decimal), "a number"), str: "a string", list: "a list"}
    kinds |= {type(None): "nothing"}
    return kinds.get(type(value), "a mapping")


def _shown(value: object) -> str:
    """The same where a number is compared, which tells more than that it is one."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return f"{value}" if is_number else found(value)
