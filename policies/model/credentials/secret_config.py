"""The secret config that the judged program was given, and every form in which it turns up."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from policies.model.value import Value, from_json, leaves

_SHORTEST_WHOLE: Final = 4
"""Shorter secrets prove nothing: any program has such values by chance."""

_SHORTEST_PART: Final = 8
"""Shorter secrets count only as a whole value: as a part they would match by chance."""


@dataclass(frozen=True)
class SecretConfig:
    """The secret config values that the judged program was given, by key.

    Offline these are placeholders, so nothing secret is held. Its representation shows no value.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Every form in which a value may turn up, with its config key."""
        return {
            form: key
            for key, value in self.values.items()
            for form in _forms(value)
            if len(form) >= _SHORTEST_WHOLE and form not in {"true", "false"}
        }

    @cached_property
    def _in_messages(self) -> tuple[bytes, ...]:
        """Every form as it is in a message: texts unchanged, numbers as doubles."""
        return tuple(
            encoded for form in self._keys for encoded in (_utf8(form), _double(form)) if encoded
        )

    @cached_property
    def _parts(self) -> re.Pattern[str] | None:
        parts = [form for form in self._keys if len(form) >= _SHORTEST_PART]
        parts.sort(key=len, reverse=True)
        return re.compile("|".join(map(re.escape, parts))) if parts else None

    def key_of(self, value: Value) -> str | None:
        """The config key whose secret value is a number, or is or occurs in a text, or `None`."""
        if not self.values or isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text = value if isinstance(value, str) else str(value) if value % 1 else str(int(value))
        if text in self._keys:
            return self._keys[text]
        match = self._parts.search(text) if self._parts and isinstance(value, str) else None
        return self._keys[match.group()] if match else None

    def occurs_in(self, value: Value) -> bool:
        """Whether a scalar is, or contains, a secret config value."""
        return self.key_of(value) is not None

    def may_occur_in(self, data: bytes) -> bool:
        """Whether a value may be in the bytes of a message; never wrongly false."""
        return any(form in data for form in self._in_messages)

    def redact(self, text: str) -> str:
        """The text with every secret config value replaced by its key."""
        if not self._parts:
            return text
        return self._parts.sub(lambda match: f"[secret {self._keys[match.group()]}]", text)


def _forms(value: str) -> Iterator[str]:
    """A secret as it is, in base64, and, for a JSON object, each of its strings and numbers."""
    if not value:
        return
    yield value
    yield _base64(value)
    if value[0] in "[{":
        try:
            parsed = from_json(value)
        except ValueError:
            return
        for leaf in leaves(parsed):
            if isinstance(leaf.value, str | int | float) and not isinstance(leaf.value, bool):
                text = str(leaf.value)
                if len(text) >= _SHORTEST_PART:
                    yield text
                    yield _base64(text)


def _base64(text: str) -> str:
    return base64.b64encode(_utf8(text)).decode()


def _utf8(text: str) -> bytes:
    # JSON can hold half of a surrogate pair, which is no character.
    return text.encode(errors="surrogatepass")


def _double(text: str) -> bytes:
    """A number as a protobuf message has it; nothing for a text that is none."""
    try:
        return struct.pack("<d", float(text))
    except ValueError:
        return b""
