"""What the program of a case is in any language: its resources, in the order that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from apex_guardrails.model import Rule
from apex_guardrails.model.case import Case, CaseResource, Concatenation, OutputOf, leaves


class NoProgramError(ValueError):
    """No program that a reader would write stands for the case."""


def ordered(case: Case) -> list[CaseResource]:
    """The case's resources under names of their own, each behind those whose outputs it takes.

    Raises:
        NoProgramError: they wait for each other, or are deployed.
    """
    if any(item.outputs for item in case.resources):
        raise NoProgramError("what is known of a deployed resource")
    by_name = {item.name: item for item in reversed(case.resources)}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    index = {id(item): position for position, item in enumerate(case.resources)}
    for position, item in enumerate(case.resources):
        needed = (by_name[name] for name in references(item.inputs) if name in by_name)
        sorter.add(position, *(index[id(other)] for other in needed))
    try:
        order = list(sorter.static_order())
    except CycleError:
        raise NoProgramError("its resources wait for each other") from None
    named = _with_names_of_their_own(case.resources)
    return [named[position] for position in order]


def _with_names_of_their_own(resources: Iterable[CaseResource]) -> list[CaseResource]:
    """The second resource of a type with a name gets a number: Pulumi has one of each."""
    seen: Counter[tuple[str | None, str]] = Counter()
    named = []
    for item in resources:
        seen[item.token, item.name] += 1
        count = seen[item.token, item.name]
        named.append(replace(item, name=f"{item.name}-{count}") if count > 1 else item)
    return named


def references(content: object) -> Iterator[str]:
    """The names of the resources whose outputs are in a value."""
    for _, leaf in leaves(content):
        for part in leaf.parts if isinstance(leaf, Concatenation) else (leaf,):
            if isinstance(part, OutputOf) and part.name:
                yield part.name


def token_of(rule: Rule, item: CaseResource) -> str:
    """The type of a case's resource.

    Raises:
        NoProgramError: the rule is about many types, and the case names none.
    """
    token = item.token or rule.type_token
    if token is None:
        raise NoProgramError("a resource without a type")
    return token
