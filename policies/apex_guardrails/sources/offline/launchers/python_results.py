"""What a function returns, as the program's installed package declares it.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import collections.abc
import contextlib
import enum
import functools
import types
import typing
from typing import TYPE_CHECKING, Any

import pulumi.runtime
from pulumi import _types

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 8
"""Levels of a result; some types are recursive."""

_BEFORE_TYPE = 2
"""Arguments before the type, besides the token: the function's own, and options."""

_SCALARS: list[tuple[type, str]] = [(bool, "b"), (str, "s"), (int, "n"), (float, "n")]


def form_of(kind: Any, levels: int = DEEPEST) -> Any:
    """The form of a type: see `apex_guardrails.provider.functions`."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if levels == 0:
        return "-"
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return form_of(next(item for item in arguments if item is not type(None)), levels)
    if origin in (list, collections.abc.Sequence):
        return [form_of(arguments[0], levels - 1)]
    if origin in (dict, collections.abc.Mapping):
        return {"*": form_of(arguments[1], levels - 1)}
    if not isinstance(kind, type):
        return "?" if kind is Any else "-"
    if _types.is_output_type(kind):
        members = _types.output_type_types(kind)
        return {name: form_of(member, levels - 1) for name, member in members.items()}
    # Of an enum any member is as good as the real one.
    if issubclass(kind, enum.Enum):
        return {"=": next(iter(kind)).value}
    return next((form for scalar, form in _SCALARS if issubclass(kind, scalar)), "-")


def tell(ask: Callable[[str, Any], None]) -> None:
    """Has the SDK tell the monitor what a function returns, before it is called.

    Args:
        ask: tells it.
    """
    told: set[str] = set()

    def telling(invoke: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(invoke)
        def wrapper(tok: str, *args: Any, **kwargs: Any) -> Any:
            kind = kwargs.get("typ", args[2] if len(args) > _BEFORE_TYPE else None)
            if kind is not None and tok not in told:
                told.add(tok)
                # A type that cannot be read is one of which nothing is known.
                with contextlib.suppress(Exception):
                    ask("Results", {tok: form_of(kind)})
            return invoke(tok, *args, **kwargs)

        return wrapper

    runtime: Any = pulumi.runtime
    for name in ("invoke", "invoke_output", "invoke_async"):
        if hasattr(runtime, name):
            setattr(runtime, name, telling(getattr(runtime, name)))
