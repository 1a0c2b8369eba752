"""Stand-ins for the secret config values of a program that is run offline.

Each is random, another one for every key and run, so that meeting one says where a value came from.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.sources.offline.placeholder_forms import form_of
from apex_guardrails.sources.offline.project import Declaration

_FORMLESS: Final = re.compile(r"(placeholder|Placeholder-1)[0-9a-f]{32,}")


def placeholder(key: str, declaration: Declaration) -> str:
    """A stand-in of the declared type, or of the form that its key's name tells.

    For a password it is one that meets a password policy.
    """
    if declaration.type == "integer":
        return str(_number())
    if declaration.type == "boolean":
        return "true"
    if declaration.type == "array":
        return json.dumps([_text()])
    if declaration.type == "object":
        return json.dumps({"placeholder": _text()})
    if "password" in key.lower():
        # Upper and lower case, digits, and one that is neither.
        return f"Placeholder-1{secrets.token_hex(16)}"
    make = form_of(key)
    return make() if make else _text()


def _number() -> int:
    return secrets.randbelow(9 * 10**11) + 10**11


def _text() -> str:
    # Letters and digits only: it must survive URLs, shells, YAML and label checks unchanged. They
    # are as many as base64 has of 33 bytes.
    return f"placeholder{secrets.token_hex(17)[:33]}"


def numbers_for(values: Mapping[str, str]) -> dict[str, int]:
    """By key: what a placeholder of no certain form is where the program takes it for a number."""
    return {key: _number() for key, text in values.items() if _FORMLESS.fullmatch(text)}


def stand_ins(
    keys: frozenset[str],
    declared: Mapping[str, Declaration],
    samples: Mapping[str, Any],
) -> dict[str, str]:
    """What the program gets for each secret key: the sample from settings, else a placeholder."""
    values: dict[str, str] = {}
    for key in sorted(keys):
        # In settings a key of the project may stand without the project's name.
        sample = samples.get(key, samples.get(key.partition(":")[2]))
        if sample is None:
            values[key] = placeholder(key, declared.get(key, Declaration()))
        else:
            values[key] = sample if isinstance(sample, str) else json.dumps(sample)
    return values
