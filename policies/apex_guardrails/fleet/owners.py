"""Who owns a stack: what a file of patterns says, else a tag of the stack, else a label."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from apex_guardrails.fleet.reading import UnreadableError, read_tags
from apex_guardrails.fleet.states import StateObject
from apex_guardrails.gcp.labels import labels_of
from apex_guardrails.model import Stack, UndecidedError
from apex_guardrails.support.errors import UsageError

_NOBODY: Final = ("", "")


@dataclass(frozen=True)
class OwnerPattern:
    """A line of the file: whose the stacks are that a pattern fits.

    A pattern is of a project, of `project/stack`, or of `backend/project/stack`.
    """

    pattern: str
    owner: str

    def fits(self, backend: str, project: str, stack: str) -> bool:
        """Whether it is about a stack."""
        whole = f"{backend}/{project}/{stack}"
        if "://" in self.pattern or self.pattern.startswith("/"):
            return fnmatchcase(whole, self.pattern) or fnmatchcase(whole, f"{self.pattern}/*")
        if "/" in self.pattern:
            return fnmatchcase(f"{project}/{stack}", self.pattern)
        return fnmatchcase(project, self.pattern)


@dataclass(frozen=True)
class Owners:
    """How it is found out whose a stack is.

    Attributes:
        patterns: of the file; the last one that fits counts, as in a CODEOWNERS file.
        tag: the key of the stack's tag; "" for none.
        label: the key of the label of its resources; "" for none.
    """

    patterns: tuple[OwnerPattern, ...] = ()
    tag: str = ""
    label: str = ""

    def of(self, state: StateObject, stack: Stack | None) -> tuple[str, str]:
        """The owner of a stack, and what says so; both "" where nobody is known.

        Args:
            state: where it is; its project is known.
            stack: what is in it; `None` where it could not be read.
        """
        project, name = (
            (stack.project or state.project, stack.name) if stack else (state.project, state.stack)
        )
        for pattern in reversed(self.patterns):
            if pattern.fits(state.backend, project, name):
                return pattern.owner, "file"
        if self.tag and state.has_tags and (tagged := _tag(state, self.tag)):
            return tagged, "tag"
        if self.label and stack is not None and (labelled := _label(stack, self.label)):
            return labelled, "label"
        return _NOBODY


def read_owners(path: Path) -> tuple[OwnerPattern, ...]:
    """The patterns in a file: in each line a pattern and an owner; `#` begins a remark.

    Raises:
        UsageError: it cannot be read, or a line is something else.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: cannot be read: {why}") from None
    patterns = []
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2:  # noqa: PLR2004 a pattern and an owner
            raise UsageError(
                f"{path}:{number}: expected a pattern and one owner, such as: payments-* payments"
            )
        patterns.append(OwnerPattern(words[0].rstrip("/"), words[1]))
    return tuple(patterns)


def _tag(state: StateObject, key: str) -> str:
    """The value of a stack's tag; "" where it has none, or its tags cannot be read."""
    try:
        content = json.loads(read_tags(state))
    except (UnreadableError, ValueError):
        return ""
    tags = content.get("tags") if isinstance(content, dict) else None
    value = tags.get(key) if isinstance(tags, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _label(stack: Stack, key: str) -> str:
    """What most of the resources with a label say; of two with as many, the first by name."""
    said: Counter[str] = Counter()
    for resource in stack:
        if not resource.type.labels:
            continue
        try:
            value = labels_of(resource).get(key)
        except UndecidedError:
            continue
        if isinstance(value, str):
            said[value.strip()] += 1
    return min(said, key=lambda value: (-said[value], value), default="")
