"""This repository's own stacks, each run offline once in a process for all that asks about them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from policies.model import Stack
from policies.preview import cost_offline
from policies.reports.cost import CostReport

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "staging", "production")


@cache
def our_stack(name: str) -> tuple[CostReport, Stack]:
    """What a stack costs, and its resources."""
    report, run = cost_offline(ROOT, name, None, 300, None)
    return report, run.stack
