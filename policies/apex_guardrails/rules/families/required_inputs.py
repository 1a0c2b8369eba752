"""Inputs that a resource must give, or that must have some value: one check for many services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Value
from apex_guardrails.model.view import UndecidedError, View
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleTable


@dataclass(frozen=True)
class Setting:
    """An input, and what it must be.

    Attributes:
        path: where it is.
        good: the values that pass; none where it is enough that the program gives one.
        omitted: what Google, or the provider, takes where it is left out.
    """

    path: str
    good: tuple[Value, ...] = (True,)
    omitted: Value = False

    def holds(self, view: View) -> bool:
        """Whether it is as it must be.

        Raises:
            UndecidedError: its value is not known before deployment, and matters.
        """
        if not self.good:
            return view.is_set(self.path)
        # A yes or no may be a text.
        return _text(view.get(self.path, omitted=self.omitted)) in map(_text, self.good)


def given(path: str) -> Setting:
    """An input that must be given, whatever it is."""
    return Setting(path, good=(), omitted="")


def _text(value: Value) -> str:
    return str(value).lower()


@dataclass(frozen=True, kw_only=True)
class Required:
    """What resources must say of themselves.

    Attributes:
        on: the resource types, all of which say it in the same way.
        ways: the inputs, any of which is enough.
        says: what is said of a resource that does not.
        elements: the list of which each element must say it; "" where the resource itself must.
        may_be_left_out: whether leaving it out passes, said apart from what omitting it means.
    """

    on: tuple[str, ...]
    ways: tuple[Setting, ...]
    says: str
    elements: str = ""
    may_be_left_out: bool = False


def _check(required: Required) -> Check:
    look = partial(_look, required)

    def check(resource: Resource) -> Iterator[Violation]:
        if required.elements:
            return resource.stack.each(resource.each(required.elements), look)
        return look(resource)

    return check


def _look(required: Required, view: View) -> Iterator[Violation]:
    undecided: UndecidedError | None = None
    for way in required.ways:
        try:
            if way.holds(view):
                return
        except UndecidedError as error:
            undecided = error
    if undecided is not None:
        raise undecided
    yield view.fail(required.says, at=required.ways[0].path)


def _cases(required: Required) -> Iterator[Case]:
    def resource(inputs: dict[str, Any], token: str = required.on[0]) -> CaseResource:
        if required.elements:
            inputs = case.inputs_at(required.elements, [inputs])
        return CaseResource(token, inputs)

    left_out = case.passes if required.may_be_left_out else case.fails
    for token in required.on:
        yield left_out(resource({}, token))
    for way in required.ways:
        good = way.good[0] if way.good else "given"
        yield case.passes(resource(case.inputs_at(way.path, good)))
        wrong = (not good if isinstance(good, bool) else "another") if way.good else ""
        yield case.fails(resource(case.inputs_at(way.path, wrong)))
        if way.good:
            yield case.undecided(resource(case.inputs_at(way.path, case.UNKNOWN)))
            yield case.passes(resource(case.inputs_at(way.path, str(good).upper())))
    if required.elements:
        whole = case.inputs_at(required.elements, case.UNKNOWN)
        yield case.undecided(CaseResource(required.on[0], whole))
        yield case.passes(CaseResource(required.on[0], case.inputs_at(required.elements, [])))
        yield case.passes(CaseResource(required.on[0], {}))


REQUIRED_INPUTS: Final = RuleTable[Required](
    on=lambda required: required.on,
    check=_check,
    fix=lambda required: f"Set {required.ways[0].path}.",
    cases=_cases,
)
"""Rules about inputs that resources must give, or that must have some value."""
