"""What was assumed to be able to run the program, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from apex_guardrails.judgement.entries import AssumedEntry
from apex_guardrails.judgement.texts import Texts
from apex_guardrails.model import Stack
from apex_guardrails.model.phrases import listed

_MOST = 8
"""Functions that are named in one note."""


def assumed_answers(stack: Stack, texts: Texts) -> Iterator[AssumedEntry]:
    """The calls of functions that were answered with stand-ins, by function and arguments."""
    for answer in sorted(stack.assumed, key=lambda item: (item.token, item.arguments)):
        yield AssumedEntry(
            function=texts(answer.token),
            arguments=texts(answer.arguments),
            calls=stack.assumed[answer],
        )


def assumed_notes(stack: Stack) -> Iterator[str]:
    """What a reader must know of them; nothing where nothing was assumed."""
    functions = Counter[str]()
    for answer in stack.assumed:
        functions[answer.token] += 1
    if functions:
        names = [
            token if functions[token] == 1 else f"{token} ({functions[token]:,} calls)"
            for token in sorted(functions)
        ]
        yield (
            f"assumed: the answers of {listed(names, _MOST)}; what is made of them is unknown to "
            "the rules; record them in policy-pack.yaml (offline.functions)"
        )
