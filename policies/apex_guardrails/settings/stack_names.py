"""What is said of a section below `stacks` that no stack has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from apex_guardrails.settings.policy_pack import PolicyPackSettings
from apex_guardrails.settings.stack_patterns import Tags, fits, tag_of
from apex_guardrails.support.mistakes import nearest

MOST: Final = 8
"""Stacks that a line names."""


def without_stack(
    settings: PolicyPackSettings, stacks: Collection[str], judged: str = ""
) -> list[str]:
    """A line for each name or pattern of a stack that fits none: misspelt, it never counts.

    So it is with a tag that the judged stack does not have, or that nobody here knows.

    Args:
        settings: those that count.
        stacks: those that have a file in the project. Others may be in the backend alone: where
            none has a file, only what is nearly the judged stack's name is spoken of.
        judged: the name of the stack that is judged; "" for none.
    """
    known = sorted({*stacks, *([judged] if judged else [])})
    said = []
    for pattern in settings.stacks:
        if tag := tag_of(pattern):
            said += _without_tag(pattern, tag[0], settings.tags)
            continue
        if any(fits(pattern, name, None) for name in known):
            continue
        hint = nearest(pattern, known)
        if stacks or hint:
            named = ", ".join(known[:MOST]) + (", ..." if len(known) > MOST else "")
            said.append(f"stacks.{pattern} matches no stack of the project ({named}){hint}")
    return said


def _without_tag(pattern: str, tag: str, tags: Tags | None) -> list[str]:
    if tags is None:
        return [f"stacks.{pattern} does not count here: the stack's tags are not known"]
    if tag in tags:
        return []
    return [f"stacks.{pattern}: the stack has no tag {tag}{nearest(tag, tags)}"]
