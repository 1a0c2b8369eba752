"""Which stacks a section below `stacks` is about: by name, or by a tag that the engine knows."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import AfterValidator

_TAG: Final = "tag:"
"""No stack's name has a colon (Pulumi, "Stacks", 2026: letters, digits, `-`, `_` and `.`)."""

Tags = Mapping[str, str]
"""A stack's tags by name."""


def tag_of(pattern: str) -> tuple[str, str] | None:
    """The name of a tag and the pattern of its value; `None` where stacks are named."""
    if not pattern.startswith(_TAG):
        return None
    # A tag's name may itself have colons, as `pulumi:project` has.
    name, _, value = pattern.removeprefix(_TAG).partition("=")
    return name, value


def fits(pattern: str, stack: str, tags: Tags | None) -> bool:
    """Whether a section is about a stack; one of a tag is not where the tags are not known."""
    tag = tag_of(pattern)
    if tag is None:
        return fnmatchcase(stack, pattern)
    name, value = tag
    return tags is not None and name in tags and fnmatchcase(tags[name], value)


def _checked(pattern: str) -> str:
    if pattern.startswith(_TAG) and not all(tag_of(pattern) or ()):
        raise ValueError("expected a tag and its value, such as tag:environment=prod*")
    return pattern


StackPattern = Annotated[str, AfterValidator(_checked)]
"""A stack's name, a pattern such as `prod*`, or a tag such as `tag:environment=prod*`."""
