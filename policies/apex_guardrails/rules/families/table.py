"""Tables of rules: one fact with a parameter, and a row for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import Any, Generic, TypeAlias, TypeVar

from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import (
    Check,
    NoParameters,
    Parameters,
    Rule,
    Scope,
    always,
    rule,
)
from apex_guardrails.model.remedy import Remedy
from apex_guardrails.model.services import service_of

Fact = TypeVar("Fact")
Fact_co = TypeVar("Fact_co", covariant=True)

Cases: TypeAlias = Callable[[Fact], Iterable[Case]]


@dataclass(frozen=True, kw_only=True)
class RuleRow(Generic[Fact_co]):
    """One rule of a table.

    Attributes:
        id: its first word names the service.
        about: what tells it from the other rules of the table.
        fix: "" where the table says it for all.
        opt_in: whether it is asked only where settings name it, or its service.
        remedy: what to set so that it passes.
    """

    id: str
    about: Fact_co
    severity: str
    title: str
    why: str
    fix: str = ""
    controls: tuple[str, ...] = ()
    level: str | None = None
    opt_in: bool = False
    remedy: Remedy | None = None


@dataclass(frozen=True, kw_only=True)
class RuleTable(Generic[Fact]):
    """What the rules of a table have in common.

    Attributes:
        on: the resource types, of all rows or by what a row is about.
        check: makes the function of a row's rule.
        fix: what to write in the program, where a row does not say it; "" where each does.
        when: whether the rules apply; asked once for all of them.
        cases: makes all cases, for the first row.
        own_cases: makes those of a row alone, for the others: all cases are run before each
            preview, and once is enough for what all rows have in common. `None`: all of them.
    """

    on: str | Sequence[str] | Callable[[Fact], str | Sequence[str]]
    check: Callable[[Fact], Check]
    fix: str | Callable[[Fact], str] = ""
    cases: Cases[Fact]
    own_cases: Cases[Fact] | None = None
    scope: Scope = "resource"
    when: Callable[[Any], bool] = always
    parameters: type[Parameters] = NoParameters

    def rules(self, module: str, rows: Iterable[RuleRow[Fact]]) -> list[Rule]:
        """The rules of a module, one for each row."""
        makers = chain([self.cases], repeat(self.own_cases or self.cases))
        return [self._rule(module, row, cases) for row, cases in zip(rows, makers, strict=False)]

    def _rule(self, module: str, row: RuleRow[Fact], cases: Cases[Fact]) -> Rule:
        return rule(
            severity=row.severity,
            on=self.on(row.about) if callable(self.on) else self.on,
            controls=row.controls,
            fix=row.fix or (self.fix(row.about) if callable(self.fix) else self.fix),
            level=row.level,
            opt_in=row.opt_in,
            remedy=row.remedy,
            scope=self.scope,
            parameters=self.parameters,
            when=self.when,
            id=row.id,
            service=service_of(row.id),
            title=row.title,
            why=row.why,
            # Made for a rule that is proven: a stack has few of the types.
            cases=cache(lambda: tuple(cases(row.about))),
            module=module,
        )(self.check(row.about))
