"""Writes one comment: anew where it is there, else a first time."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Protocol

from apex_guardrails.comments.api import RefusedError
from apex_guardrails.comments.report import Comment, cut

_NOT_OURS = frozenset({403, 404})


class Done(enum.StrEnum):
    """What became of a comment."""

    POSTED = "posted"
    UPDATED = "updated"


class PullRequest(Protocol):
    """A pull request at a host."""

    @property
    def name(self) -> str:
        """What people call it there."""
        ...

    @property
    def most(self) -> int:
        """Characters that a comment may have; counted in bytes, no way of counting has more."""
        ...

    def dressed(self, comment: Comment) -> str:
        """The text as the host's Markdown shows it, and its marker in the first line."""
        ...

    def ours(self, marker: str) -> Iterable[str]:
        """Where comments of our own are that begin with a marker, or that may be our own."""
        ...

    def post(self, text: str) -> None:
        """Writes a new comment."""
        ...

    def update(self, where: str, text: str) -> None:
        """Writes a comment anew."""
        ...


def post(to: PullRequest, comment: Comment) -> Done:
    """Writes a comment.

    Raises:
        RefusedError: the host does not take it, or speaks another API.
    """
    try:
        return _post(to, comment)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise RefusedError(
            f"{to.name}: an answer is not what the host's API documents; is its address right?"
        ) from None


def _post(to: PullRequest, comment: Comment) -> Done:
    text = cut(to.dressed(comment), to.most)
    for where in to.ours(text.partition("\n")[0]):
        try:
            to.update(where, text)
        except RefusedError as error:
            # Anybody can write a marker. A host lets a token change its own comments.
            if error.status not in _NOT_OURS:
                raise
        else:
            return Done.UPDATED
    to.post(text)
    return Done.POSTED
