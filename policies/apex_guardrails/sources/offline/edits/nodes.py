"""What a program writes for a resource's inputs, in whatever language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from apex_guardrails.model import Assignments
from apex_guardrails.model.value import Step, Value, parse_path
from apex_guardrails.provider.schema import type_schema
from apex_guardrails.sources.offline.edits.edit import ByHandError, Edit


class Name(NamedTuple):
    """A member of an object.

    Attributes:
        text: the provider's name for it, or the program's own key.
        is_key: whether it is a key of a map, which every language writes as it is.
    """

    text: str
    is_key: bool = False


Wanted: TypeAlias = "dict[Name | int, Any]"
"""What members must be, each a value or, for what is below, the same again."""


@dataclass(frozen=True)
class Literal:
    """A value that is written out.

    Attributes:
        replace: the edits that make another one of it.
        is_null: whether it says that there is nothing.
    """

    replace: Callable[[Any], list[Edit]]
    is_null: bool = False


@dataclass(frozen=True)
class Other:
    """Anything else."""

    what: str = "is no literal"


@dataclass(frozen=True)
class Holder:
    """An object or a list that is written out.

    Attributes:
        member: what is there under a name, or at an index; `None` where nothing is.
        add: the edits that add members, which it does not have.
        is_whole: whether it takes nothing from elsewhere, so that a missing member is missing.
    """

    member: Callable[[Name | int], Node | None]
    add: Callable[[Mapping[Name, Any]], list[Edit]]
    is_whole: bool = True


Node: TypeAlias = "Literal | Holder | Other"

Item = TypeVar("Item")

NOT_THERE: Final = "is an element that is not written out there"


def elements(items: Sequence[Item], read: Callable[[Item], Node]) -> Holder:
    """A list that is written out; nothing is ever added to it.

    Args:
        items: what is in it, as far as it is certain at which index each is.
        read: what one of them is.
    """

    def member(step: Name | int) -> Node | None:
        if isinstance(step, int) and step < len(items):
            return read(items[step])
        return Other(NOT_THERE)

    return Holder(member, lambda _: [], is_whole=False)


@dataclass
class Call:
    """Where a program registers a resource.

    Attributes:
        start: the byte at which it begins.
        name: the resource's name, where it is a literal.
        inputs: what it is given.
    """

    start: int
    name: str | None
    inputs: Callable[[], Node]


@dataclass
class Calls:
    """The calls of a file, by line and by the class of the resource."""

    by_place: dict[tuple[int, str], list[Call]] = field(default_factory=dict)

    def add(self, line: int, kind: str, call: Call) -> None:
        """Takes in a call."""
        self.by_place.setdefault((line, kind), []).append(call)

    def find(self, line: int, kind: str, name: str) -> Call:
        """The call that registers a resource.

        Raises:
            ByHandError: it is not the only one, or none is.
        """
        found = self.by_place.get((line, kind), [])
        named = [call for call in found if call.name == name]
        open_ones = [call for call in found if call.name is None]
        candidates = named or open_ones
        if len(candidates) != 1:
            raise ByHandError(f"it is not certain which call on line {line} makes it")
        return candidates[0]


def wanted(token: str, assignments: Assignments) -> Wanted:
    """What the inputs of a type must be, one in the other."""
    tree: Wanted = {}
    for path, value in assignments.items():
        *above, last = _named(token, parse_path(path))
        place = tree
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value if value != {} else Empty()
    return tree


class Empty:
    """An object without members, which is not the same as one whose members are to be set."""


def _named(token: str, steps: Sequence[Step]) -> Iterator[Name | int]:
    """The steps of a path, of which it is known whether they are names of the provider's."""
    schema = type_schema(token)
    fields: Mapping[str, Any] = schema.fields if schema else {}
    is_key = False
    for step in steps:
        if isinstance(step, int):
            yield step
            continue
        yield Name(step, is_key)
        known = fields.get(step, {})
        is_key = known.get("type") == "map"
        fields = known.get("fields") or {}


def edits_of(node: Node, want: Wanted) -> list[Edit]:
    """The edits by which an object is what it must be.

    Raises:
        ByHandError: it is not certain how.
    """
    if not isinstance(node, Holder):
        raise ByHandError("what it is given is not written out there")
    found: list[Edit] = []
    missing: dict[Name, Any] = {}
    for step, value in want.items():
        there = node.member(step)
        if there is None:
            if not node.is_whole or isinstance(step, int):
                raise ByHandError("a part of what it is given comes from elsewhere")
            missing[step] = value
        elif isinstance(there, Literal) and (there.is_null or not isinstance(value, dict)):
            found += there.replace(value)
        elif isinstance(there, Holder) and isinstance(value, dict):
            found += edits_of(there, value)
        else:
            what = there.what if isinstance(there, Other) else "is something else"
            label = step.text if isinstance(step, Name) else f"[{step}]"
            raise ByHandError(f"{label} {what}")
    return found + (node.add(missing) if missing else [])


def leaf(value: Any) -> Value:
    """The plain value of a leaf."""
    return {} if isinstance(value, Empty) else value
