"""Stands in for secret config whose form nobody has said, whatever the program takes it for.

Offline the program gets a text instead of the value. Where it takes it for JSON or for a number it
gets an object whose every member is such a text, or a number; what cannot be answered so is an
error that names the setting.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import json
import linecache
import re
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from typing_extensions import Self


def hint(key: str) -> str:
    """What helps where a placeholder does not do."""
    return (
        f"a placeholder stands in for the secret config {key}, and its form is not known: give a "
        f"sample in policy-pack.yaml (offline.secrets.{key.rpartition(':')[2]})"
    )


class Placeholder(str):
    """A placeholder, which is a number to who asks for one."""

    __slots__ = ("key", "number")

    key: str
    number: int

    @classmethod
    def of(cls, text: str, key: str, number: int) -> Self:
        """The placeholder for a config key."""
        made = cls(text)
        made.key, made.number = key, number
        return made

    def __int__(self) -> int:
        return self.number

    def __float__(self) -> float:
        return float(self.number)

    def parsed(self) -> StandInObject:
        """The same as JSON."""
        return StandInObject.of(str(self), self.key, self.number)


class StandInObject(Placeholder):
    """The same as an object or a list, every member of which is there."""

    __slots__ = ()

    def __getitem__(self, _member: Any) -> StandInObject:
        return self

    def get(self, _member: str, _default: Any = None) -> StandInObject:
        """A member of an object."""
        return self

    def __contains__(self, _member: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def _unanswered(self, *_: Any) -> NoReturn:
        raise TypeError(hint(self.key))

    def __iter__(self) -> Iterator[str]:
        self._unanswered()

    __len__ = keys = items = values = copy = _unanswered


class Placeholders:
    """Those of one run."""

    def __init__(self, config: Mapping[str, str], numbers: Mapping[str, int]) -> None:
        self._parsed: set[str] = set()
        self._known = {
            config[key]: Placeholder.of(config[key], key, number) for key, number in numbers.items()
        }

    def config(self, config: Mapping[str, str]) -> dict[str, str]:
        """The config, with them in it."""
        return {key: self._known.get(value, value) for key, value in config.items()}

    def answer(self) -> None:
        """Has what asks for a form get it."""
        loads = json.loads

        @functools.wraps(loads)
        def stand_in_or_loads(s: Any, *args: Any, **kwargs: Any) -> Any:
            text = s.decode("utf-8", "replace") if isinstance(s, (bytes, bytearray)) else s
            known = self._known.get(text) if isinstance(text, str) else None
            if known is None:
                return loads(s, *args, **kwargs)
            self._parsed.add(known.key)
            return known.parsed()

        json.loads = stand_in_or_loads
        config: Any = pulumi.Config
        for name in ("get_bool", "require_bool", "get_secret_bool", "require_secret_bool"):
            setattr(config, name, _a_boolean(getattr(config, name)))

    def notes(self) -> list[str]:
        """Of a program that has gone on with them."""
        return [
            f"the secret config {key} is read as JSON, and its members are not known: give a "
            f"sample in policy-pack.yaml (offline.secrets.{key.rpartition(':')[2]})"
            for key in sorted(self._parsed)
        ]

    def hints(self, error: BaseException, is_own: Callable[[str], bool]) -> Iterator[str]:
        """Of an error that one of them is about, or where one of them is at hand."""
        said = f"{error} {getattr(error, 'doc', '')}"
        at_hand: list[str] = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            if is_own(frame.f_code.co_filename):
                at_hand = list(_at_hand(frame, line))
        for text, known in self._known.items():
            is_at_hand = text in said or any(text in value for value in at_hand)
            if is_at_hand and hint(known.key) not in said:
                yield hint(known.key)


def _at_hand(frame: FrameType, line: int) -> Iterator[str]:
    """The texts that a line may be about: all of a function, else those that it names."""
    values = frame.f_locals
    if frame.f_code.co_name == "<module>":
        words = re.findall(r"\w+", linecache.getline(frame.f_code.co_filename, line))
        values = {name: values[name] for name in words if name in values}
    return (value for value in values.values() if isinstance(value, str))


def _a_boolean(get: Callable[..., Any]) -> Callable[..., Any]:
    """A getter of a boolean, which a placeholder is: `true`, as what is declared to be one gets."""

    @functools.wraps(get)
    def wrapper(self: pulumi.Config, key: str, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(pulumi.runtime.get_config(self.full_key(key)), Placeholder):
            return get(self, key, *args, **kwargs)
        boolean = True
        return pulumi.Output.secret(boolean) if "secret" in get.__name__ else boolean

    return wrapper
