"""A family of rules about what is granted on a whole project, folder or organization."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from apex_guardrails.gcp.grant_types import LEVELS
from apex_guardrails.model.case import Case, once_in_full
from apex_guardrails.model.policy import Check, Rule, rule

Cases: TypeAlias = Callable[[Sequence[str]], Iterator[Case]]


@dataclass(frozen=True, kw_only=True)
class Level:
    """Where a role is granted, and how bad it is there.

    Attributes:
        name: `project`, `folder` or `organization`.
    """

    name: str
    severity: str
    why: str
    controls: tuple[str, ...] = ()


def level_rules(  # noqa: PLR0913 a family's facts, most by keyword
    module: str,
    check: Check,
    levels: Iterable[Level],
    *,
    title: str,
    fix: str,
    cases: Cases,
    own_cases: Cases,
) -> list[Rule]:
    """One rule for each level; each is called as its module is, with the level's name behind.

    Args:
        module: The module of the family.
        check: What all of them look for.
        levels: The rows of the table.
        title: The passing state, without the level.
        fix: What to write instead.
        cases: Makes the cases for the first level's types.
        own_cases: Makes those for the other levels', without what all levels have in common.
    """
    family = module.rpartition(".")[2].replace("_", "-")
    return [
        rule(
            severity=level.severity,
            on=LEVELS[level.name],
            controls=level.controls,
            fix=fix,
            module=module,
            id=f"{family}-{level.name}",
            title=f"{title} at {level.name} level",
            why=level.why,
            cases=list(make(LEVELS[level.name])),
        )(check)
        for level, make in once_in_full(levels, cases, own_cases)
    ]
