"""The pack itself: its version, its rules, and the proof that they work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from policies.errors import PackError
from policies.model import Rule
from policies.rules import all_rules
from policies.testing import run_cases

PACK_FILE: Final = Path(__file__).with_name("PulumiPolicy.yaml")


@cache
def pack_file() -> dict[str, str]:
    """`PulumiPolicy.yaml`: the pack's name, version and description."""
    content: dict[str, str] = yaml.safe_load(PACK_FILE.read_text("utf-8"))
    return content


def proven_rules() -> Sequence[Rule]:
    """Every rule of the pack, after all cases have been run.

    Raises:
        PackError: a case does not go as it says; such a pack must not judge anything.
    """
    rules = all_rules()
    failures = list(run_cases(rules))
    if failures:
        raise PackError(
            "the pack fails its own cases, so it judges nothing:\n"
            + "\n".join(f"  {failure}" for failure in failures)
        )
    return rules
