"""What rules look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from apex_guardrails.decide import evaluator
from apex_guardrails.model import UNKNOWN, Rule, View
from apex_guardrails.model.value import KnownParts
from apex_guardrails.model.waiting import Waiting
from apex_guardrails.testing import run_case


@dataclass
class Reads:
    """What a rule asked for while its cases ran, by resource type and path without indices.

    Attributes:
        seen: everything that was looked at.
        states: what values that the rule needs were: known, omitted or unknown; of an unknown one
            the outcome of its case too.
        omitted: what the rule takes for a value that is left out.
    """

    seen: set[tuple[str, str]] = field(default_factory=set)
    states: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    omitted: dict[tuple[str, str], Any] = field(default_factory=dict)


def reads_of(rule: Rule) -> Reads:
    """What a rule reads in its cases."""
    reads = Reads()
    read, get, known_parts = View._read, View.get, View.known_parts
    unknown: set[tuple[str, str]] = set()

    def key(view: View, path: str) -> tuple[str, str]:
        return (view.resource.type.token, re.sub(r"\[\d+\]", "[]", view._at(path)))

    def recording_read(view: View, path: str) -> tuple[Any, bool, int]:
        reads.seen.add(key(view, path))
        return read(view, path)

    def recording_get(view: View, path: str, *, omitted: Any = None) -> Any:
        value = read(view, path)[0]
        if value is UNKNOWN:
            unknown.add(key(view, path))
        else:
            state = "omitted" if value is None else "known"
            reads.states.setdefault(key(view, path), set()).add(state)
        if omitted not in (None, (), {}):
            reads.omitted[key(view, path)] = omitted
        return get(view, path, omitted=omitted)

    def recording_known_parts(view: View, path: str) -> KnownParts | None:
        # Of a text without holes that is all of it, so a rule that asks thus need not `get` it.
        if isinstance(read(view, path)[0], str):
            reads.states.setdefault(key(view, path), set()).add("known")
        return known_parts(view, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(View, "_read", recording_read)
        patch.setattr(View, "get", recording_get)
        patch.setattr(View, "known_parts", recording_known_parts)
        # What a finding says of an input that is not known, the rule has not asked for.
        patch.setattr(evaluator, "waiting_for", lambda *_, **__: Waiting())
        for case in rule.cases:
            unknown.clear()
            outcome, _ = run_case(rule, case)
            for asked in unknown:
                reads.states.setdefault(asked, set()).add(f"unknown and {outcome}")
    return reads
