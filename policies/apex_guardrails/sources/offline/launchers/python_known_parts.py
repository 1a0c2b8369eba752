"""Keeps the known parts of a text that a program puts together from outputs; see ADR 0011.

In a preview such an output is unknown as a whole, though the SDK sees its pieces. Here the pieces
are remembered beside the output, and sent where the output is sent as an input. The program sees
nothing of it: its outputs stay as unknown, as secret and as dependent as they are.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import inspect
import json
import secrets
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import rpc, stack

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBER = "apexKnownParts"
"""What an output value has besides the members that the protocol gives it: texts, null for a hole.

The monitor beside reads it.
"""

# Signatures of the protocol's property serialization.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a signature
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

HOLE = f"apex-hole-{secrets.token_hex(16)}"
"""Stands in a text for what is not known; no text of a program has it."""

LONGEST = 1_000_000
"""Characters of a text whose parts are kept: what is unknown can be put together without end."""


class Hole:
    """A value that is not known, in whatever way a format string asks for it."""

    def __format__(self, spec: str) -> str:
        return HOLE

    def __str__(self) -> str:
        return HOLE

    __repr__ = __str__

    def __getattr__(self, name: str) -> Hole:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Hole:
        return self


class Holed(str):
    """A text with holes, which may stand in another one as a whole, and not cut or padded."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return HOLE if spec else str(self)

    def __repr__(self) -> str:
        return HOLE

    def __getitem__(self, key: object) -> str:
        return HOLE


class Remembered:
    """How the text of an output is made, worked out once and only if it is asked for."""

    def __init__(self, make: Callable[[], Awaitable[str]]) -> None:
        self._make: Callable[[], Awaitable[str]] | None = make
        self._text = HOLE

    async def text(self) -> str:
        """The text, with a `HOLE` for each value in it that is not known."""
        if self._make is not None:
            try:
                text = await self._make()
                self._text = text if len(text) <= LONGEST else HOLE
            except Exception:  # noqa: BLE001 what the program does wrong, its own call says
                self._text = HOLE
            self._make = None
        return self._text


_REMEMBERED: weakref.WeakKeyDictionary[pulumi.Output[Any], Remembered] = weakref.WeakKeyDictionary()


async def seen(value: Any) -> Any:
    """An argument as far as it is known: a plain value, a text with holes, or a hole."""
    if isinstance(value, pulumi.Output):
        if await value.is_known():
            return await value.future()
        remembered = _REMEMBERED.get(value)
        text = HOLE if remembered is None else await remembered.text()
        return Hole() if text == HOLE else Holed(text)
    # What can be awaited once only is the program's to await.
    is_plain = value is None or isinstance(value, (str, int, float))
    return value if is_plain and not inspect.isawaitable(value) else Hole()


async def seen_deeply(value: Any) -> Any:
    """The same of what is in mappings and lists."""
    if isinstance(value, dict):
        return {key: await seen_deeply(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [await seen_deeply(item) for item in value]
    known = await seen(value)
    return HOLE if isinstance(known, Hole) else known


def remember(output: Any, make: Callable[[], Awaitable[str]]) -> Any:
    """The output itself, whose text is now known as far as can be."""
    if isinstance(output, pulumi.Output):
        _REMEMBERED[output] = Remembered(make)
    return output


def concatenating(concat: Callable[..., Any]) -> Callable[..., Any]:
    """`Output.concat`, remembering."""

    @functools.wraps(concat)
    def wrapper(*args: Any) -> Any:
        async def make() -> str:
            pieces = [await seen(argument) for argument in args]
            return "".join(piece if isinstance(piece, str) else HOLE for piece in pieces)

        return remember(concat(*args), make)

    return wrapper


def formatting(form: Callable[..., Any]) -> Callable[..., Any]:
    """`Output.format`, remembering."""

    @functools.wraps(form)
    def wrapper(format_string: Any, *args: Any, **kwargs: Any) -> Any:
        async def make() -> str:
            pattern = await seen(format_string)
            if type(pattern) is not str:
                return HOLE
            positional = [await seen(argument) for argument in args]
            named = {key: await seen(argument) for key, argument in kwargs.items()}
            return pattern.format(*positional, **named)

        return remember(form(format_string, *args, **kwargs), make)

    return wrapper


def dumping(dumps: Callable[..., Any]) -> Callable[..., Any]:
    """`Output.json_dumps`, remembering, where no function of the program takes part in it."""

    @functools.wraps(dumps)
    def wrapper(obj: Any, **options: Any) -> Any:
        async def make() -> str:
            text = json.dumps(await seen_deeply(obj), **options)
            # Of a value that is not known nobody knows whether it is a text.
            return text.replace(f'"{HOLE}"', HOLE)

        output = dumps(obj, **options)
        has_code = any(options.get(name) is not None for name in ("cls", "default"))
        return output if has_code else remember(output, make)

    return wrapper


def passing_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that gives the same output again, marked otherwise."""

    @functools.wraps(function)
    def wrapper(val: Any, *args: Any) -> Any:
        output = function(val, *args)
        if isinstance(val, pulumi.Output) and isinstance(output, pulumi.Output):
            remembered = _REMEMBERED.get(val)
            if remembered is not None:
                _REMEMBERED[output] = remembered
        return output

    return wrapper


def parts_of(text: str) -> list[str | None]:
    """The texts between the holes, and `None` for each hole; empty where no text is known."""
    parts: list[str | None] = []
    for number, part in enumerate(text.split(HOLE)):
        if number and (not parts or parts[-1] is not None):
            parts.append(None)
        if part:
            parts.append(part)
    return parts if any(parts) else []


def is_unknown(serialized: Any) -> bool:
    """Whether an output was serialized as one that is not known."""
    if not isinstance(serialized, dict):
        return bool(serialized == UNKNOWN)
    signature = serialized.get(SIGNATURE)
    return (signature == SECRET and serialized.get("value") == UNKNOWN) or (
        signature == OUTPUT and "value" not in serialized
    )


async def members(output: pulumi.Output[Any]) -> dict[str, Any]:
    """What is sent with an unknown output."""
    remembered = _REMEMBERED.get(output)
    parts = [] if remembered is None else parts_of(await remembered.text())
    return {MEMBER: parts} if parts else {}


def with_members(serialized: Any, more: Mapping[str, Any], *, is_secret: bool) -> dict[str, Any]:
    """The same as an output value, with more members."""
    if isinstance(serialized, dict) and serialized[SIGNATURE] == OUTPUT:
        return {**serialized, **more}
    # The value is there, lest the SDK take it for known when it looks for unknown ones in it.
    value: dict[str, Any] = {SIGNATURE: OUTPUT, "value": UNKNOWN, **more}
    # Older SDKs leave the mark away where the value is not known; parts must have theirs.
    return {**value, "secret": True} if is_secret else value


Members = Callable[["pulumi.Output[Any]"], Awaitable[dict[str, Any]]]


def serializing(*sources: Members) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes the SDK's `serialize_property` one that sends more members with an unknown output."""

    def wrap(serialize: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(serialize)
        async def wrapper(value: Any, *args: Any, **kwargs: Any) -> Any:
            serialized = await serialize(value, *args, **kwargs)
            if isinstance(value, pulumi.Output) and is_unknown(serialized):
                more: dict[str, Any] = {}
                for source in sources:
                    more.update(await source(value))
                if more:
                    return with_members(serialized, more, is_secret=await value.is_secret())
            return serialized

        return wrapper

    return wrap


def deserializing(deserialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The SDK's `deserialize_output_value`: what a transform gets and returns keeps its parts."""

    @functools.wraps(deserialize)
    def wrapper(value: Any) -> Any:
        if "value" in value and value["value"] == UNKNOWN:
            value.fields.pop("value")
        output = deserialize(value)
        if MEMBER not in value:
            return output
        text = "".join(HOLE if part is None else str(part) for part in value[MEMBER])

        async def make() -> str:
            return text

        return remember(output, make)

    return wrapper


def keep(*sources: Members) -> None:
    """Has the SDK keep known parts from now on, as far as it is built as expected.

    Args:
        sources: Of what else is sent with an unknown output.

    Functions of other SDKs are left alone, and what they put together is unknown as a whole.
    """
    wanted: list[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = [
        (rpc, "deserialize_output_value", deserializing),
        (rpc, "serialize_property", serializing(members, *sources)),
        (pulumi.Output, "concat", concatenating),
        (pulumi.Output, "format", formatting),
        (pulumi.Output, "json_dumps", dumping),
        (pulumi.Output, "from_input", passing_on),
        (pulumi.Output, "secret", passing_on),
        (pulumi.Output, "unsecret", passing_on),
        # Every output of the stack goes through it.
        (stack, "massage", passing_on),
    ]
    for owner, name, wrap in wanted:
        function = getattr(owner, name, None)
        if not callable(function):
            continue
        wrapped = wrap(function)
        setattr(owner, name, staticmethod(wrapped) if isinstance(owner, type) else wrapped)
