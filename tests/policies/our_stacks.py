"""This repository's own stacks, each run offline once in a process for all that asks about them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from apex_guardrails.judgement.cost import CostReport
from apex_guardrails.model import Stack
from apex_guardrails.runs.preview import cost_offline

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "staging", "production")


@cache
def our_stack(name: str) -> tuple[CostReport, Stack]:
    """What a stack costs, and its resources."""
    return cost_offline(ROOT, name, None, 300, None)
