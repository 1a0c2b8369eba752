"""How deeply values are nested: what goes through them would fail in the middle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from apex_guardrails.model import Secret
from apex_guardrails.model.value import Value
from apex_guardrails.sources.documents.form import Form, quote
from apex_guardrails.support.errors import UsageError
from apex_guardrails.wire import DEEPEST

_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))
_HOLDERS: Final = frozenset({dict, list, Secret})


def may_be_deep(data: bytes) -> bool:
    """Whether JSON may have more than `DEEPEST` levels: found out far faster than by reading it.

    It may say so of half as many levels, and where texts have brackets in them.
    """
    brackets = data.translate(None, _ALL_BUT_BRACKETS)
    # Each time one or two levels go, the innermost: a list in an object goes with it.
    for _ in range(DEEPEST // 2):
        outer = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(outer) in {0, len(brackets)}:
            return bool(outer)
        brackets = outer
    return True


def refuse_deep(records: Sequence[Mapping[str, Any]], form: Form) -> None:
    """Refuses what is nested too deeply.

    Raises:
        UsageError: with the resource that it is in.
    """
    for number, item in enumerate(records):
        if is_deep(item):
            raise UsageError(
                f"{form.name}: resources[{number}] ({quote(item['urn'])}): is nested more than "
                f"{DEEPEST} levels deep, which Pulumi never writes; {form.kind.next_step}"
            )


def is_deep(item: Value) -> bool:
    """Whether a value has more than `DEEPEST` levels."""
    # Level by level, as a call for each would fail itself.
    level = [item]
    for _ in range(DEEPEST):
        level = [
            value for holder in level for value in _members(holder) if value.__class__ in _HOLDERS
        ]
        if not level:
            return False
    return True


def _members(holder: Value) -> Iterable[Value]:
    if isinstance(holder, Secret):
        return (holder.value,)
    values: Iterable[Value] = holder.values() if isinstance(holder, dict) else holder
    return values
