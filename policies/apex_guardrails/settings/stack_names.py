"""What is said of a section below `stacks` that no stack has."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Final

from apex_guardrails.settings.policy_pack import PolicyPackSettings
from apex_guardrails.support.mistakes import nearest

MOST: Final = 8
"""Stacks that a line names."""


def without_stack(
    settings: PolicyPackSettings, stacks: Collection[str], judged: str = ""
) -> list[str]:
    """A line for each name or pattern of a stack that fits none: misspelt, it never counts.

    Args:
        settings: those that count.
        stacks: those that have a file in the project. Others may be in the backend alone: where
            none has a file, only what is nearly the judged stack's name is spoken of.
        judged: the name of the stack that is judged; "" for none.
    """
    known = sorted({*stacks, *([judged] if judged else [])})
    said = []
    for pattern in settings.stacks:
        if any(fnmatchcase(name, pattern) for name in known):
            continue
        hint = nearest(pattern, known)
        if stacks or hint:
            named = ", ".join(known[:MOST]) + (", ..." if len(known) > MOST else "")
            said.append(f"stacks.{pattern} matches no stack of the project ({named}){hint}")
    return said
