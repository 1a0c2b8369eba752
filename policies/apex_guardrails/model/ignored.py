"""Which of a resource's inputs a deployment leaves as they are: its `ignoreChanges`.

Of a resource that exists the engine puts the old values of these inputs in the place of what the
program says (Pulumi's `processIgnoreChanges`, `pkg/resource/deploy/step_generator.go`, 3.259). Who
judges the program alone does not know them, so what a rule reads of such a resource is watched. No
other resource is: to watch costs a call for each value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, overload

from apex_guardrails.model.value import Secret, Step, Value, has_secrets, join_path, parse_path

_ANY: Final = "*"

Steps: TypeAlias = tuple[str, ...]
"""What is left of an entry below some place: its steps in the form in which they are compared."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An input that was read although its changes are ignored.

    Attributes:
        path: the input.
        entry: what the program says of it in `ignore_changes`.
    """

    path: str
    entry: str


class IgnoredChanges:
    """The inputs of one resource whose changes are ignored, and whether one of them was read."""

    def __init__(self, entries: Iterable[str]) -> None:
        """Reads the paths; what is none, Pulumi takes no notice of either."""
        self.touched: Touched | None = None
        self._entries = [(steps, text) for text in entries if (steps := _steps(text))]

    def __bool__(self) -> bool:
        return bool(self._entries)

    def forget(self) -> None:
        """Nothing was read as yet."""
        self.touched = None

    def watched(self, inputs: Mapping[str, Value]) -> Mapping[str, Value]:
        """The inputs, of which it is known afterwards whether an ignored one was read."""
        return _Mapping(inputs, _Place(self, "", self._entries))

    def unwatched(self, inputs: Mapping[str, Value]) -> Mapping[str, Value]:
        """What `watched` was given."""
        return inputs.unwatched if isinstance(inputs, _Mapping) else inputs

    def covers(self, path: str) -> bool:
        """Whether the changes of what is at a path, or of something in it, are ignored."""
        return any(True for _ in self._entries_about(path))

    def ask(self, path: str) -> None:
        """What is at a path was asked for in another way than by reading it."""
        for text in self._entries_about(path):
            self.touch(path, text)

    def _entries_about(self, path: str) -> Iterator[str]:
        asked = [_compared(step) for step in parse_path(path)]
        for steps, text in self._entries:
            if all(_fits(one, other) for one, other in zip(steps, asked, strict=False)):
                yield text

    def touch(self, path: str, entry: str) -> None:
        """An ignored input was read; the first one is what is said."""
        if self.touched is None:
            self.touched = Touched(path, entry)


@dataclass(frozen=True, slots=True)
class _Place:
    """Somewhere above an ignored input: what is left of each entry, and its text."""

    ignored: IgnoredChanges
    path: str
    below: Sequence[tuple[Steps, str]]

    def member(self, step: Step, value: Value) -> Value:
        """What is one step further down; it is watched as long as an ignored input lies below."""
        name = _compared(step)
        rests = [(steps[1:], text) for steps, text in self.below if _fits(steps[0], name)]
        if not rests:
            return value
        here = join_path(self.path, step)
        for steps, text in rests:
            if not steps or value is None:
                self.ignored.touch(here, text)
                return value
        return _watched(value, _Place(self.ignored, here, rests))

    def list(self, names: Iterable[str]) -> None:
        """The names of the members were read: an ignored one may be there, and not here."""
        there = {_compared(name) for name in names}
        for steps, text in self.below:
            if steps[0] == _ANY or steps[0] not in there:
                self.ignored.touch(self.path, text)

    def all(self) -> None:
        """All of it was read."""
        self.ignored.touch(self.path, self.below[0][1])


def _watched(value: Value, place: _Place) -> Value:
    if isinstance(value, Secret):
        return Secret(_watched(value.value, place))
    if isinstance(value, Mapping):
        return _Mapping(value, place)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _Sequence(value, place)
    return value


class _Mapping(Mapping[str, Value]):
    __slots__ = ("_place", "_values")

    def __init__(self, values: Mapping[str, Value], place: _Place) -> None:
        self._values = values
        self._place = place

    @property
    def unwatched(self) -> Mapping[str, Value]:
        return self._values

    def __getitem__(self, key: str) -> Value:
        return self._place.member(key, self._values[key])

    def get(self, key: str, default: Any = None) -> Value:
        value = self._place.member(key, self._values.get(key))
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        self._place.list(self._values)
        return iter(self._values)

    def __len__(self) -> int:
        self._place.list(self._values)
        return len(self._values)

    def has_secrets(self) -> bool:
        """As the inputs have it; that a value is secret is not what is ignored."""
        return has_secrets(self._values)

    def serialized(self) -> bytes | None:
        """As the inputs have it, in which all of them can be looked for."""
        self._place.all()
        serialize = getattr(self._values, "serialized", None)
        return None if serialize is None else serialize()


class _Sequence(Sequence[Value]):
    __slots__ = ("_place", "_values")

    def __init__(self, values: Sequence[Value], place: _Place) -> None:
        self._values = values
        self._place = place

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        return self._place.member(index % len(self._values), self._values[index])

    def __iter__(self) -> Iterator[Value]:
        return (self._place.member(index, value) for index, value in enumerate(self._values))

    def __len__(self) -> int:
        return len(self._values)


def _steps(text: str) -> Steps:
    """The steps of a path of Pulumi's, where `[*]` is any element; none of what is no path."""
    try:
        steps = parse_path(text.replace("[*]", f'["{_ANY}"]'))
    except ValueError:
        return ()
    return tuple(map(_compared, steps))


def _compared(step: Step) -> str:
    """A step as it is compared: a Python program may write `ip_configuration` for it."""
    return str(step).replace("_", "").casefold()


def _fits(step: str, other: str) -> bool:
    return _ANY in {step, other} or step == other
