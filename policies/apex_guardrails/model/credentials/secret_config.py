"""The secret config that the judged program was given, and every form in which it turns up."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from apex_guardrails.model.credentials.forms import SHORTEST_PART, forms, members, utf8
from apex_guardrails.model.value import Value

_SHORTEST_WHOLE: Final = 4
"""Shorter secrets prove nothing: any program has such values by chance."""

_SHORTEST: Final = 6
"""The escapes and the base64 of shorter secrets prove nothing as a part of a text either."""

_ENOUGH: Final = 32
"""So much of a long secret hints at it."""


VARIABLE: Final = "$"
"""What the key of an environment variable begins with, as shells write it."""


def described(key: str) -> str:
    """What a value is, by its key."""
    if key.startswith(VARIABLE):
        return f"the environment variable {key.removeprefix(VARIABLE)}"
    return f"the secret config value {key}"


@dataclass(frozen=True)
class SecretConfig:
    """The secret config values that the judged program was given, by key.

    Offline these are placeholders, so nothing secret is held. Its representation shows no value.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Every form in which a value may turn up, with its config key."""
        return {form: key for key, text in self._texts() for form in forms(text)}

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Each value, and what it holds where it is JSON, with its config key."""
        for key, value in self.values.items():
            for text in (value, value.strip(), *members(value)):
                if len(text) >= _SHORTEST_WHOLE and text not in {"true", "false"}:
                    yield key, text

    @cached_property
    def _in_messages(self) -> BytesAhoCorasick:
        """Looks for every form as it is in a message: texts unchanged, numbers as doubles."""
        found: list[bytes] = []
        for _, text in self._texts():
            shortest: list[str] = []
            for form in sorted(forms(text), key=len):
                # What is in a longer form is found with it.
                if not any(part in form for part in shortest):
                    shortest.append(form)
            found += (utf8(form) for form in shortest)
            found.append(_double(text))
        beginnings = dict.fromkeys(form[:_ENOUGH] for form in found if form)
        return BytesAhoCorasick(beginnings, implementation=Implementation.ContiguousNFA)

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        """The forms that prove something as a part of a text, the longest first."""
        parts = {
            form for _, text in self._texts() if len(text) >= _SHORTEST for form in forms(text)
        }
        return tuple(
            sorted(
                (form for form in parts if len(form) >= SHORTEST_PART),
                key=lambda form: (-len(form), form),
            )
        )

    def key_of(self, value: Value) -> str | None:
        """The config key whose secret value is a number, or is or occurs in a text, or `None`."""
        if not self.values or isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text = value if isinstance(value, str) else str(value) if value % 1 else str(int(value))
        if text in self._keys:
            return self._keys[text]
        if isinstance(value, str):
            return next((self._keys[part] for part in self._parts if part in value), None)
        return None

    def occurs_in(self, value: Value) -> bool:
        """Whether a scalar is, or contains, a secret config value."""
        return self.key_of(value) is not None

    def may_occur_in(self, data: bytes) -> bool:
        """Whether a value may be in the bytes of a message; never wrongly false."""
        return bool(self.values) and bool(self._in_messages.find_matches_as_indexes(data))

    def redact(self, text: str) -> str:
        """The text with every secret config value replaced by its key."""
        # A pattern tries one form after the other at each character: few are in a text.
        there = [re.escape(part) for part in self._parts if part in text]
        if not there:
            return text
        return re.sub("|".join(there), lambda match: f"[secret {self._keys[match.group()]}]", text)


def _double(text: str) -> bytes:
    """A number as a protobuf message has it; nothing for a text that is none."""
    try:
        return struct.pack("<d", float(text))
    except ValueError:
        return b""
