"""What the README shows is what the tool prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.policies.judged import command

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(
    r"^    \$ apex (.+) \| grep cost:\n    (cost: .+)$",
    (ROOT / "README.md").read_text("utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize(("arguments", "expected"), SHOWN, ids=lambda text: text[:30])
def test_the_cost_of_each_stack_is_as_shown(arguments: str, expected: str) -> None:
    done = subprocess.run(
        command(*arguments.split()), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line for line in done.stdout.splitlines() if "cost:" in line] == [expected]


def test_each_stack_is_shown() -> None:
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))

    assert sorted(arguments.rpartition(" ")[2] for arguments, _ in SHOWN) == stacks
