"""Amounts that are known as a low, an expected and a high figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Amounts:
    """One figure in each of three cases: little use, expected use, much use.

    They are cases and not bounds: the idle hours of an instance are fewest where it is used most.
    """

    low: Decimal
    expected: Decimal
    high: Decimal

    @classmethod
    def of(cls, amount: Decimal | int | str) -> Self:
        """The same figure in all three cases."""
        same = Decimal(amount)
        return cls(same, same, same)

    def each(self, function: Callable[[Decimal], Decimal]) -> Amounts:
        """A function of each figure."""
        return Amounts(function(self.low), function(self.expected), function(self.high))

    def with_each(self, other: Amounts, function: Callable[[Decimal, Decimal], Decimal]) -> Amounts:
        """A function of each figure and the other's in the same case."""
        return Amounts(
            function(self.low, other.low),
            function(self.expected, other.expected),
            function(self.high, other.high),
        )

    def __add__(self, other: Amounts) -> Amounts:
        return self.with_each(other, lambda mine, theirs: mine + theirs)

    def __sub__(self, other: Amounts) -> Amounts:
        return self.with_each(other, lambda mine, theirs: mine - theirs)

    def __mul__(self, other: Amounts | Decimal | int) -> Amounts:
        if isinstance(other, Amounts):
            return self.with_each(other, lambda mine, theirs: mine * theirs)
        return self.each(lambda amount: amount * other)

    def at_most(self, other: Amounts) -> Amounts:
        """The smaller figure in each case."""
        return self.with_each(other, min)

    def at_least(self, other: Amounts) -> Amounts:
        """The larger figure in each case."""
        return self.with_each(other, max)

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing in all cases."""
        return not (self.low or self.expected or self.high)


ZERO: Final = Amounts.of(0)
