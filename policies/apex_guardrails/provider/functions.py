"""What the provider's functions return, read from `functions.jsonl` one function at a time.

Source: the result classes of pulumi-gcp 10.2.0, 2026-11-30; `scripts/function_results.py` reads
them. One line per function.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FUNCTIONS_FILE: Final = Path(__file__).with_name("functions.jsonl")


@cache
def _lines() -> Mapping[str, bytes]:
    start = len('{"token":"')
    return {
        line[start : line.index(b'"', start)].decode(): line
        for line in FUNCTIONS_FILE.read_bytes().splitlines()
    }


@cache
def result_form(token: str) -> Mapping[str, Any] | None:
    """The form of a function's result, by member; `None` for a function that is not known.

    A form is "s" for a text, "n" for a number, "b" for a boolean, "?" for anything, "-" for what no
    stand-in can be, a list of one form, {"*": form} for a map, {"=": value} for one of a few, or an
    object of forms.
    """
    line = _lines().get(token)
    form: Mapping[str, Any] | None = None if line is None else json.loads(line)["result"]
    return form
