"""What a stock policy's remediation would change of a resource."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

from apex_guardrails.model.value import join_path
from apex_guardrails.wire import SECRET, SIGNATURE, UNKNOWN_SENTINELS

_UNKNOWN: Final = re.compile("|".join(UNKNOWN_SENTINELS))
"""A remediation gets what is not known as a text."""

_LONGEST: Final = 80
"""Characters of a value that are shown."""


@dataclass(frozen=True)
class Change:
    """An input that a remediation gives another value.

    Attributes:
        path: the input's.
        before: what it was as JSON has it, without secrets' marks; `None` where it was left out.
        after: the new value; `None` where it is taken out.
    """

    path: str
    before: Any
    after: Any

    @property
    def is_open(self) -> bool:
        """Whether what is changed is not known, and may be right after all."""
        return _UNKNOWN.search(json.dumps(self.before)) is not None

    @property
    def message(self) -> str:
        """What is wrong without it: nothing is set on the way to the cloud."""
        return f"must be {_shown(self.after)}, which the policy's remediation would set"


def changes(before: struct_pb2.Struct, after: struct_pb2.Struct) -> list[Change]:
    """The inputs that differ.

    What is left out and what is null are the same. A secret's mark, which a policy easily loses,
    is no difference.
    """
    given, made = (_open(json_format.MessageToDict(struct)) for struct in (before, after))
    return list(_changes("", given, made))


def _open(value: Any) -> Any:
    """A value without secrets' marks."""
    if isinstance(value, list):
        return [_open(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return _open(value.get("value"))
    return {name: _open(item) for name, item in value.items()}


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if _is_object(before) and _is_object(after):
        for name in sorted(before.keys() | after.keys()):
            yield from _changes(join_path(path, name), before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _changes(join_path(path, number), *pair)
    else:
        yield Change(path, before, after)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and SIGNATURE not in value


def _shown(value: Any) -> str:
    if value is None:
        return "left out"
    text = json.dumps(value, ensure_ascii=False)
    if SIGNATURE in text or _UNKNOWN.search(text):
        return "another value"
    return f"{text[: _LONGEST - 1]}…" if len(text) > _LONGEST else text
