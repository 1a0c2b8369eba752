"""What an editor suggests in a settings file, at the places where people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.editor.settings_schema import suggestions

LEVELS = {"mandatory", "advisory", "disabled"}


def suggested(text: str) -> set[str]:
    """What is suggested where `|` stands in a text."""
    before, _, after = text.partition("|")
    lines = (before + after).split("\n")
    line = before.count("\n")
    return {item.text for item in suggestions(lines, line, len(before.rpartition("\n")[2]))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", {"rules", "waivers", "stacks", "cost"}),
        ("ru|", {"rules"}),
        ("rules:\n  |", {"sql-no-public-ip"}),
        ("rules:\n  sql-no-public-ip: |", LEVELS),
        ("rules:\n  sql-no-public-ip:\n    |", {"level", "undecided"}),
        ("rules:\n  sql-no-public-ip:\n    level: |", LEVELS),
        ("rules:\n  labels-required-keys:\n    parameters:\n      |", {"keys"}),
        ("severities:\n  |", {"low", "critical"}),
        ("severities:\n  low: |", LEVELS),
        ("waivers:\n  - |", {"policy", "owner", "expires"}),
        ("waivers:\n  - policy: |", {"sql-no-public-ip"}),
        ("waivers:\n  - policy: sql-no-public-ip\n    |", {"reason", "owner"}),
        ("waivers:\n- policy: a\n  owner: b\n- |", {"policy"}),
        ("stacks:\n  prod*:\n    rules:\n      |", {"sql-no-public-ip"}),
        ("version: 1\n# a comment\n\noffline:\n  |", {"functions", "memory_limit"}),
        ("offline:\n  unanswered_functions: |", {"assume", "strict"}),
        ("checkov: |", {"mandatory"}),
        ("reports:\n  formats:\n    - |", {"sarif", "json"}),
    ],
)
def test_what_the_schema_has_there_is_suggested(text: str, expected: set[str]) -> None:
    assert expected <= suggested(text)


@pytest.mark.parametrize(
    "text", ["nothing:\n  |", "rules:\n  no-such-rule:\n    |", "own_rules:\n  - |"]
)
def test_where_the_schema_has_nothing_there_is_nothing(text: str) -> None:
    assert suggested(text) == set()


@given(st.text(), st.integers(0, 20), st.integers(0, 80))
def test_no_text_makes_it_fail(text: str, line: int, column: int) -> None:
    suggestions(text.split("\n"), line, column)
