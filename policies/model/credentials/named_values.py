"""Every value among inputs, with the name under which the program gives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from policies.model.value import Secret, Step, Value, join_path

SCALAR, MAPPING, SEQUENCE = range(3)

Opened: TypeAlias = "tuple[int, Any, bool]"
"""Which of these an item is; the scalar, the members as pairs or the elements; its secret mark."""

_NAMES: Final = frozenset({"name", "key", "headerName"})
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
        taken: list[Step] = []
        steps = self.steps
        while steps is not None:
            steps, step = steps
            taken.append(step)
        path = ""
        for step in reversed(taken):
            path = join_path(path, step)
        return path


def open_plain(item: Value) -> Opened:
    """One level of a value."""
    is_secret = False
    while item.__class__ is Secret:
        item, is_secret = item.value, True
    if isinstance(item, str):
        return SCALAR, item, is_secret
    if isinstance(item, Mapping):
        return MAPPING, [(key, item[key]) for key in item], is_secret
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
    all_named = maps is None
    pending: list[tuple[Any, Opened, str, bool, bool]] = [
        (None, opens(value), "", False, is_named or all_named)
    ]
    while pending:
        steps, (kind, content, marked), name, secret, free = pending.pop()
        secret = secret or marked
        if kind == SCALAR:
            if is_wanted is None or is_wanted(name, content):
                yield NamedValue(steps, name, content, secret)
        elif kind == MAPPING:
            opened = [(key, opens(item)) for key, item in content]
            named_by = _named_by(opened)
            for key, item in reversed(opened):
                its_name = named_by.get(key) or (key if free else "")
                is_free = free or (maps is not None and key in maps)
                pending.append(((steps, key), item, its_name, secret, is_free))
        else:
            entries: list[tuple[Any, Opened, str, bool, bool]] = []
            its_name = name
            for index, element in enumerate(content):
                item = opens(element)
                entries.append(((steps, index), item, its_name, secret, free))
                its_name = _flag(item[1]) or name if item[0] == SCALAR else name
            pending.extend(reversed(entries))


_NOBODY: Final[Mapping[str, str]] = {}


def _named_by(members: list[tuple[str, Opened]]) -> Mapping[str, str]:
    """The names of an entry's members, where another member says them."""
    if not any(key in _VALUES for key, _ in members):
        return _NOBODY
    names = {key: item[1] for key, item in members if key in _NAMES and isinstance(item[1], str)}
    return {
        value: name
        for value, by in _VALUES.items()
        for name in [next((names[key] for key in by if key in names), "")]
        if name
    }


def _flag(element: Value) -> str:
    """What the next element of a list of arguments is the value of; "" where of nothing."""
    if not isinstance(element, str):
        return ""
    is_flag = (element[:1] == "-" and "=" not in element) or element in _FLAG_WORDS
    return element.lstrip("-") if is_flag else ""
