"""One input of a resource, and the values that it must not have: a table of them is a family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.model.value import Value, parse_path
from apex_guardrails.model.view import View
from apex_guardrails.model.violation import Violation


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a rule of such a table is about.

    Attributes:
        input: where it is.
        refused: the values that fail; none where any value will do, known or not.
        accepted: one that passes.
        required: whether leaving it out fails.
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
            is_bad = self.input.get(view) in self.refused
        else:
            is_bad = not view.is_set(self.input.path)
        if is_bad:
            yield view.fail(self.says, at=self.input.path)

    def inputs(self, value: Value) -> dict[str, Value]:
        """A resource's inputs in which it has a value; for cases."""
        *above, last = map(str, parse_path(self.input.path))
        inputs = {last: value}
        for step in reversed(above):
            inputs = {step: inputs}
        return inputs
