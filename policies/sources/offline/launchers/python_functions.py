"""Keeps from which functions an output comes, whose answers a preview does not know.

An output knows the resources it depends on, and not the functions that were called for it. Here
they are remembered beside it and sent with it where it is unknown, so that findings can name them.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi.runtime
from pulumi.runtime import stack

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBER = "apexFunctions"
"""What an unknown output value has besides the protocol's members: the functions' tokens."""

_ASKED: weakref.WeakKeyDictionary[pulumi.Output[Any], frozenset[str]] = weakref.WeakKeyDictionary()


def asked(value: Any) -> frozenset[str]:
    """The functions that an output comes from."""
    return _ASKED.get(value, frozenset()) if isinstance(value, pulumi.Output) else frozenset()


def asking(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """A function call in its output form, remembered."""

    @functools.wraps(invoke)
    def wrapper(tok: str, *args: Any, **kwargs: Any) -> Any:
        output = invoke(tok, *args, **kwargs)
        if isinstance(output, pulumi.Output):
            _ASKED[output] = frozenset({tok})
        return output

    return wrapper


def passing_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """What makes an output of others: it comes from where they do."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        output = function(*args, **kwargs)
        if _ASKED and isinstance(output, pulumi.Output):
            found = frozenset[str]().union(*map(asked, (*args, *kwargs.values())))
            if found:
                _ASKED[output] = found | asked(output)
        return output

    return wrapper


def keep() -> None:
    """Has the SDK keep them from now on, as far as it is built as expected."""
    wanted: list[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = [
        (pulumi.runtime, "invoke_output", asking),
        *(
            (pulumi.Output, name, passing_on)
            for name in ("all", "apply", "concat", "format", "from_input", "secret", "unsecret")
        ),
        (stack, "massage", passing_on),
    ]
    for owner, name, wrap in wanted:
        function = getattr(owner, name, None)
        if callable(function):
            is_static = isinstance(inspect.getattr_static(owner, name), staticmethod)
            wrapped = wrap(function)
            setattr(owner, name, staticmethod(wrapped) if is_static else wrapped)


async def members(output: pulumi.Output[Any]) -> dict[str, Any]:
    """What is sent with an unknown output."""
    functions = asked(output)
    return {MEMBER: sorted(functions)} if functions else {}
