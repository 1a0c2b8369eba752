"""A program that asks whether this is a preview may make resources that no preview sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.judged import Apex, judged


@pytest.mark.parametrize(
    "line", ["import pulumi.runtime as rt", "from pulumi import runtime as rt"]
)
def test_where_it_asks_is_said(apex: Apex, tmp_path: Path, line: str) -> None:
    program = judged(tmp_path, f"{line}\n\nif not rt.is_dry_run():\n    raise ValueError\n")
    apex.preview(program).expect(
        0, f"{program}/__main__.py:3: the program asks whether this is a preview: what it makes"
    )


def test_a_library_may_ask(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, "import pulumi\n\npulumi.export('answer', 42)\n")
    assert "asks whether" not in apex.preview(program).expect(0).out
