"""Of several mistakes in the settings each is said, in the order of the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from apex_guardrails.rules import all_rules
from apex_guardrails.settings import load
from apex_guardrails.support.errors import UsageError

TODAY = date(2026, 11, 30)


def mistakes(folder: Path, text: str) -> list[str]:
    path = folder / "policy-pack.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        load(path, all_rules(), TODAY)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_no_mistake_hides_another_one(tmp_path: Path) -> None:
    said = mistakes(
        tmp_path,
        """\
rules:
  sql-no-public-ip: of
  no-such-rule: mandatory
services: {sqll: mandatory}
waivers:
  - {policy: sql-no-public-ip}
cost: {budgt: 3}
stacks:
  dev:
    rules:
      neither-this: {level: no, parameters: {a: 1}}
""",
    )
    assert [line.partition(": ")[0] for line in said] == [
        *("2", "3", "4", "6", "6", "6", "6", "7", "11", "11")
    ]
    assert "3: rules.no-such-rule: there is no such rule" in said[1]
    assert said[2].startswith("4: services.sqll: there is no such service")
    assert "did you mean" in said[7]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("off", "disabled"),
        ("false", "disabled"),
        ("none", "disabled"),
        ("disable", "disabled"),
        ("warn", "advisory"),
        ("Error", "mandatory"),
        ("mandatry", "mandatory"),
    ],
)
def test_a_word_of_another_tool_is_understood(tmp_path: Path, word: str, meant: str) -> None:
    for setting in (f"rules: {{sql-no-public-ip: {word}}}", f"severities: {{low: {word}}}"):
        (said,) = mistakes(tmp_path, setting)
        assert "expected disabled, advisory or mandatory, found " in said
        assert said.endswith(f', did you mean "{meant}"?')


@pytest.mark.parametrize(
    "text",
    ["rules: [a]\ncost: 3", "rules: {1: off}", "services: 3\nstacks: [1]", "stacks: {dev: 3}"],
)
def test_what_has_no_form_at_all_is_said_once(tmp_path: Path, text: str) -> None:
    assert all(" expected " in line for line in mistakes(tmp_path, text))
