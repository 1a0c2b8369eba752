"""What is judged at once, and judging it in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from apex_guardrails.fleet.judging import Judge, Judged
from apex_guardrails.fleet.parts import part_of
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.rule_rows import rule_rows
from apex_guardrails.fleet.states import StateObject

MOST: Final = 25
"""States that are judged at once: what is lost where a worker is."""


@dataclass(frozen=True)
class Batch:
    """States that are judged at once."""

    states: tuple[StateObject, ...]


class Engine(Protocol):
    """Judges batches somewhere."""

    def run(self, batches: Sequence[Batch], advance: Callable[[int, int], None]) -> Iterator[bytes]:
        """The parts, packed, in whatever order.

        Args:
            batches: what is judged.
            advance: is told of so many states that were judged, and how many of them could not be.
        """


def batches_of(states: Sequence[StateObject], jobs: int) -> list[Batch]:
    """The states in batches, small enough that every worker has some to do to the end."""
    size = max(1, min(MOST, len(states) // (jobs * 4)))
    return [Batch(tuple(states[at : at + size])) for at in range(0, len(states), size)]


class InProcess:
    """Judges in this process, one after the other."""

    def __init__(self, plan: Plan, judge: Judge) -> None:
        self._plan = plan
        self._judge = judge

    def run(self, batches: Sequence[Batch], advance: Callable[[int, int], None]) -> Iterator[bytes]:
        """The parts, packed, in the order of the batches."""
        for batch in batches:
            done = []
            for state in batch.states:
                done.append(self._judge.judge(state))
                advance(1, int(has_failed(done[-1])))
            yield packed(done, self._judge, self._plan)


def has_failed(judged: Judged) -> bool:
    """Whether a stack could not be judged."""
    return "stacks" not in judged.rows


def packed(done: Sequence[Judged], judge: Judge, plan: Plan) -> bytes:
    """Some stacks as a part, packed, with the rules of teams' own that were met so far."""
    own = rule_rows(judge.own_rules.values(), None, are_own=True)
    return part_of(done, plan, list(own)).packed()
