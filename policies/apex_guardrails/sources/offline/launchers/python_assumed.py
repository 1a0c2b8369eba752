"""Keeps apart what a program makes of an answer that was assumed.

Stand-ins in it have marks, by which the monitor finds them in texts. What the program makes of them
otherwise, a number it adds to, a choice between two texts, has none: where an output that comes
from such an answer is sent, all in it that has no mark is sent as unknown. And a function of the
program that cannot work with stand-ins has not run: its output is unknown, as in a preview.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import re
import sys
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

ASSUMED = re.compile(r"assumed[0-9a-f]{8}", re.IGNORECASE)
MARK = re.compile(r"(?:assumed|unstated)[0-9a-f]{8}", re.IGNORECASE)

# Signatures of the protocol's property serialization.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a signature
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

FUNCTIONS = "apexFunctions"
SECRETS = "apexSecrets"
"""See the module about functions."""

DEEPEST = 20

_ASSUMED_CALLS: set[int] = set()
"""The calls of functions, by number, that stand-ins answered."""


def has_mark(value: Any, levels: int = DEEPEST) -> bool:
    """Whether an answer, or a part of one, is assumed."""
    if isinstance(value, str):
        return ASSUMED.search(value) is not None
    if levels == 0:
        return False
    if isinstance(value, dict):
        parts: Iterable[Any] = [*value, *dict.values(value)]
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        parts = getattr(value, "__dict__", {}).values()
    return any(has_mark(part, levels - 1) for part in parts)


def noting(apply: Callable[..., Any], put: Callable[..., None]) -> Callable[..., Any]:
    """What notes of a function's answer whether it is assumed, before anything is made of it.

    Args:
        apply: `Output.apply`.
        put: takes an assumed answer, the function and its arguments, and puts booleans into it.
    """

    def note(output: Any, call: int, token: str, given: Any) -> Any:
        def look(answer: Any) -> Any:
            if has_mark(answer):
                _ASSUMED_CALLS.add(call)
                put(answer, token, given or {})
            return answer

        return apply(output, look)

    return note


def answering(put: Callable[..., None]) -> None:
    """The same of a function in its plain form, of which no output is made.

    Args:
        put: takes an assumed answer, the function and its arguments, and puts booleans into it.
    """
    runtime: Any = pulumi.runtime
    invoke = runtime.invoke

    @functools.wraps(invoke)
    def wrapper(tok: str, *args: Any, **kwargs: Any) -> Any:
        result = invoke(tok, *args, **kwargs)
        if has_mark(result.value):
            put(result.value, tok, (args[0] if args else kwargs.get("props")) or {})
        return result

    runtime.invoke = wrapper
    ask = getattr(runtime, "invoke_async", None)
    if ask is None:
        return

    @functools.wraps(ask)
    async def waiting(tok: str, *args: Any, **kwargs: Any) -> Any:
        answer = await ask(tok, *args, **kwargs)
        if has_mark(answer):
            put(answer, tok, (args[0] if args else kwargs.get("props")) or {})
        return answer

    runtime.invoke_async = waiting


def unknown() -> pulumi.Output[Any]:
    """An output that is not known."""

    async def of(value: Any) -> Any:
        return value

    is_known = is_secret = False
    return pulumi.Output(set(), of(None), of(is_known), of(is_secret))


def guarding(
    calls: Callable[[Any], frozenset[int]], failed: Callable[[Any, Exception], None]
) -> Callable[..., Any]:
    """`Output.apply`, in which a function of the program may fail where its value is assumed.

    Args:
        calls: the numbers of the calls that an output comes from.
        failed: takes note of the function.
    """

    def wrap(apply: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(apply)
        def wrapper(self: Any, func: Callable[[Any], Any], *args: Any, **kwargs: Any) -> Any:
            found = calls(self)
            if not found:
                return apply(self, func, *args, **kwargs)

            @functools.wraps(func)
            def guarded(value: Any) -> Any:
                try:
                    return func(value)
                except Exception as error:
                    if found.isdisjoint(_ASSUMED_CALLS):
                        raise
                    failed(func, error)
                    return unknown()

            return apply(self, guarded, *args, **kwargs)

        return wrapper

    return wrap


def hidden(sent: Any, more: dict[str, Any]) -> Any:
    """What is sent, where only what has a mark is known to be what it seems."""
    if isinstance(sent, str) and MARK.search(sent):
        # The monitor finds out what it is made from, but not whether a mark was taken away.
        secrets = {name: found for name, found in more.items() if name == SECRETS}
        is_unmarked = any("unmarked" in origin for origin in secrets.get(SECRETS, ()))
        return {SIGNATURE: OUTPUT, "value": sent, **secrets} if is_unmarked else sent
    if sent is None or sent == UNKNOWN:
        return sent
    if isinstance(sent, dict) and SIGNATURE in sent:
        if sent[SIGNATURE] in (SECRET, OUTPUT) and "value" in sent:
            return {**sent, "value": hidden(sent["value"], more)}
        return sent
    if isinstance(sent, dict) and sent:
        return {key: hidden(item, more) for key, item in sent.items()}
    if isinstance(sent, list) and sent:
        return [hidden(item, more) for item in sent]
    # The value is there, lest the SDK take it for known when it looks for unknown ones in it.
    return {SIGNATURE: OUTPUT, "value": UNKNOWN, **more}


def keep(
    calls: Callable[[Any], frozenset[int]],
    members: Callable[[pulumi.Output[Any]], Awaitable[dict[str, Any]]],
    failed: Callable[[Any, Exception], None],
    boolean: type,
) -> None:
    """Has the SDK keep it apart from now on.

    Args:
        calls: the numbers of the calls that an output comes from.
        members: what is sent with an unknown output.
        failed: takes note of a function of the program that cannot work with stand-ins.
        boolean: what stands for a boolean that is assumed.
    """
    output: Any = pulumi.Output
    output.apply = guarding(calls, failed)(output.apply)
    serialize: Any = rpc.serialize_property

    @functools.wraps(serialize)
    async def wrapper(value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, boolean):
            token: Any = value
            return {SIGNATURE: OUTPUT, "value": UNKNOWN, FUNCTIONS: [token.token]}
        sent = await serialize(value, *args, **kwargs)
        if isinstance(value, pulumi.Output) and not _ASSUMED_CALLS.isdisjoint(calls(value)):
            return hidden(sent, await members(value))
        return sent

    module: Any = rpc
    module.serialize_property = wrapper

    # What has members is made a mapping of them where it is a stack output.
    outputs: Any = sys.modules["pulumi.runtime.stack"]
    is_primitive: Callable[[Any], bool] = outputs.is_primitive
    outputs.is_primitive = lambda value: isinstance(value, boolean) or is_primitive(value)
