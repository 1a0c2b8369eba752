"""Every value among inputs, with the name under which the program gives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from apex_guardrails.model.value import Secret, Step, Value, join_path

SCALAR, MAPPING, SEQUENCE = range(3)

Opened: TypeAlias = "tuple[int, Any, bool]"
"""Which of these an item is; the scalar, or what its members or elements can be taken from, still
to be opened; its secret mark."""

_VALUES: Final = {"value": ("name", "key"), "headerValue": ("headerName",)}
"""Members of an entry that hold a value, and those that may say its name."""

_FLAG_WORDS: Final = frozenset({"requirepass", "masterauth"})


class NamedValue(NamedTuple):
    """A scalar, an asset or an unknown among inputs.

    Attributes:
        steps: where it is, as a chain from the last step to the first.
        name: a variable's, an argument's or a key's; "" where the program gives it none.
    """

    steps: Any
    name: str
    value: Value
    is_secret: bool

    @property
    def path(self) -> str:
        """Where it is, as rules write it."""
        path = ""
        for step in self._taken():
            path = join_path(path, step)
        return path

    @property
    def keys(self) -> Iterator[tuple[str, str]]:
        """Each key above it, with the path of the mapping that has it."""
        path = ""
        for step in self._taken():
            if isinstance(step, str):
                yield path, step
            path = join_path(path, step)

    def _taken(self) -> Iterator[Step]:
        taken: list[Step] = []
        steps = self.steps
        while steps is not None:
            steps, step = steps
            taken.append(step)
        return reversed(taken)


def open_plain(item: Value) -> Opened:
    """One level of a value."""
    is_secret = False
    while item.__class__ is Secret:
        item, is_secret = item.value, True
    if isinstance(item, str):
        return SCALAR, item, is_secret
    if isinstance(item, Mapping):
        return MAPPING, item, is_secret
    if isinstance(item, Sequence):
        return SEQUENCE, item, is_secret
    return SCALAR, item, is_secret


def named_values(
    value: Value,
    maps: Collection[str] | None,
    *,
    is_named: bool = False,
    is_wanted: Callable[[str, Value], bool] | None = None,
) -> Iterator[NamedValue]:
    """Every value below another.

    Args:
        value: Inputs, or outputs. A source's own may know a faster way to `open` one level.
        maps: The inputs whose members the program names; `None` where it may be all of them.
        is_named: Whether the members of `value` itself are named by the program.
        is_wanted: Which names and values; all if left out.
    """
    opens: Callable[[Any], Opened] = getattr(value, "opens", open_plain)
    known_maps: Collection[str] = () if maps is None else maps
    pending: list[tuple[Any, Opened, str, bool]] = [
        (None, opens(value), "", is_named or maps is None)
    ]
    while pending:
        steps, (kind, content, secret), name, free = pending.pop()
        if kind == SCALAR:
            members: Iterator[tuple[Step, str, Opened]] = iter(())
        elif kind == MAPPING:
            members = _members(content, opens, is_named=free)
        else:
            members = _elements(content, opens, name)
        for step, its_name, opened in members:
            if opened[0] == SCALAR:
                if is_wanted is None or is_wanted(its_name, opened[1]):
                    marked = secret or opened[2]
                    yield NamedValue((steps, step), its_name, opened[1], marked)
                continue
            below = (opened[0], opened[1], True) if secret else opened
            # A list of that name is another input: its elements have members of their own.
            is_map = opened[0] == MAPPING and step in known_maps
            pending.append(((steps, step), below, its_name, free or is_map))


def _members(
    content: Mapping[str, Any], opens: Callable[[Any], Opened], *, is_named: bool
) -> Iterator[tuple[Step, str, Opened]]:
    """The members of a mapping with their names."""
    named_by: Mapping[str, str] = _NOBODY
    if "value" in content or "headerValue" in content:
        named_by = _named_by(content, opens)
    for key in content:
        yield key, named_by.get(key) or (key if is_named else ""), opens(content[key])


def _elements(
    content: Sequence[Any], opens: Callable[[Any], Opened], name: str
) -> Iterator[tuple[Step, str, Opened]]:
    """The elements of a list: each has the list's name, or is the value of a flag before it."""
    its_name = name
    for index, item in enumerate(content):
        opened = opens(item)
        yield index, its_name, opened
        its_name = _flag(opened[1]) or name


_NOBODY: Final[Mapping[str, str]] = {}


def _named_by(content: Mapping[str, Any], opens: Callable[[Any], Opened]) -> Mapping[str, str]:
    """The names of an entry's members, where another member says them."""
    found: dict[str, str] = {}
    for value, by in _VALUES.items():
        for key in by:
            name = opens(content[key])[1] if key in content else None
            if isinstance(name, str):
                found.setdefault(value, name)
    return found


def _flag(element: Value) -> str:
    """What the next element of a list of arguments is the value of; "" where of nothing."""
    if not isinstance(element, str):
        return ""
    is_flag = (element[:1] == "-" and "=" not in element) or element in _FLAG_WORDS
    return element.lstrip("-") if is_flag else ""
