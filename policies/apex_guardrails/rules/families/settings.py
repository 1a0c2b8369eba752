"""One input of a resource, and the values that it must not have: a table of them is a family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.model import case
from apex_guardrails.model.case import Case, Making
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Value
from apex_guardrails.model.view import View
from apex_guardrails.model.violation import Violation


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a rule of such a table is about.

    Attributes:
        input: where it is.
        refused: the values that fail, texts in upper case, as Google reads them in any; none where
            any value will do, known or not.
        accepted: one that passes.
        required: whether leaving it out fails, said apart from what omitting it means.
        says: what a finding says then.
    """

    input: Input
    refused: tuple[Value, ...] = ()
    accepted: Value
    required: bool = False
    says: str

    def violations(self, view: View) -> Iterator[Violation]:
        """A violation where the input has such a value.

        Raises:
            UndecidedError: the value is not known before deployment.
        """
        if self.refused:
            value = self.input.get(view)
            is_bad = (value.upper() if isinstance(value, str) else value) in self.refused
        else:
            is_bad = not view.is_set(self.input.path)
        if is_bad:
            yield view.fail(self.says, at=self.input.path)

    def inputs(self, value: Value) -> dict[str, Any]:
        """A resource's inputs in which it has a value; for cases."""
        return case.inputs_at(self.input.path, value)

    @property
    def left_out(self) -> Making:
        """Makes a case in which it is left out."""
        return case.fails if self.required else case.passes

    @property
    def unknown(self) -> Making:
        """Makes a case in which it is not known."""
        return case.undecided if self.refused else case.passes


def check_of(setting: Setting) -> Check:
    """What a rule asks of a resource that has the setting itself."""

    def check(resource: Resource) -> Iterator[Violation]:
        yield from setting.violations(resource)

    return check


def cases_of(setting: Setting) -> Iterator[Case]:
    """The cases of such a rule."""
    yield case.passes(**setting.inputs(setting.accepted))
    for value in setting.refused:
        yield case.fails(**setting.inputs(value))
    yield setting.left_out(description="shop")
    yield setting.unknown(**setting.inputs(case.UNKNOWN))
