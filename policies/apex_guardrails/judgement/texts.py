"""What a program brings, made fit for a judgement: without secrets, and as any file takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apex_guardrails.cost import StackCost
from apex_guardrails.cost.document import CostDocument, make_document
from apex_guardrails.cost.pricing import StackIndex
from apex_guardrails.cost.sizing import find_sizing
from apex_guardrails.judgement.entries import Position
from apex_guardrails.model import SourcePosition, Stack


@dataclass(frozen=True)
class Texts:
    """What the program brings, made fit for a judgement: the one place for all but messages.

    Messages are made free of secrets where a rule yields them, as they may quote an input.
    """

    redact: Callable[[str], str]
    root: Path

    def __call__(self, text: str) -> str:
        """Without secret config values, and without halves of characters, which no file takes."""
        text = self.redact(text)
        if text.isascii():
            return text
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def path(self, file: str) -> str:
        """A path as seen from the root, with `/`; one that is not below it stays as it is."""
        path = Path(file)
        for root in (self.root, self.root.resolve()):
            if path.is_relative_to(root):
                return self(path.relative_to(root).as_posix())
        return self(file)

    def position(self, position: SourcePosition | None) -> Position | None:
        """A line in the program."""
        if position is None:
            return None
        return Position(file=self.path(position.file), line=position.line)

    def cost(self, cost: StackCost, stack: Stack, *, in_full: bool = True) -> CostDocument:
        """An estimate.

        Args:
            cost: the estimate.
            stack: what it is of.
            in_full: whether it has every resource, or the totals alone.
        """
        estimates = cost.estimates if in_full else ()
        made = make_document(cost, stack.project, stack.name, component_names(stack), estimates)
        users = StackIndex(stack).users
        sized = tuple(
            item.model_copy(update={"sizing": find_sizing(stack.resources[item.urn], users)})
            if item.urn in stack.resources
            else item
            for item in made.resources
        )
        made = made.model_copy(update={"resources": sized})
        return CostDocument.model_validate_json(self(made.model_dump_json()))


def component_names(stack: Stack) -> dict[str, str]:
    """The names of the program's components, by URN."""
    return {
        resource.urn: resource.name
        for resource in stack
        if not resource.custom and not resource.type.token.startswith("pulumi:")
    }
