"""Keeps what is known of an IAM policy, of which some members or roles are not.

`getIAMPolicy` is not called with arguments that are not known as a whole. That everybody is among
the members is known all the same: the policy's text is told as its known parts (ADR 0011).

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import json
import weakref
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi.runtime
from google.protobuf import json_format
from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "gcp:organizations/getIAMPolicy:getIAMPolicy"  # noqa: S105 a function's name
TEXT = frozenset({"policy_data", "policyData"})

_ASKED: weakref.WeakKeyDictionary[pulumi.Output[Any], Any] = weakref.WeakKeyDictionary()
"""The arguments of the calls, by what came of them."""


def holed(value: Any, parts: Any) -> Any:
    """A value as it is sent, with a hole for each text in it that is not known."""
    if isinstance(value, dict):
        if parts.SIGNATURE not in value:
            return {key: holed(item, parts) for key, item in value.items()}
        if parts.MEMBER in value:
            known = value[parts.MEMBER]
            return "".join(parts.HOLE if part is None else part for part in known)
        return holed(value.get("value", parts.UNKNOWN), parts)
    if isinstance(value, list):
        return [holed(item, parts) for item in value]
    return parts.HOLE if value == parts.UNKNOWN else value


def asking(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """A function call in its output form, whose arguments are remembered."""

    @functools.wraps(invoke)
    def wrapper(tok: str, props: Any, *args: Any, **kwargs: Any) -> Any:
        output = invoke(tok, props, *args, **kwargs)
        if tok == TOKEN and isinstance(output, pulumi.Output):
            _ASKED[output] = props
        return output

    return wrapper


def applying(apply: Callable[..., Any]) -> Callable[..., Any]:
    """What makes an output of another one: it comes from the same call."""

    @functools.wraps(apply)
    def wrapper(whole: Any, *args: Any, **kwargs: Any) -> Any:
        output = apply(whole, *args, **kwargs)
        if whole in _ASKED:
            _ASKED[output] = _ASKED[whole]
        return output

    return wrapper


def taking(parts: Any) -> Callable[..., Any]:
    """What takes a member out of an output: the policy's text, with its known parts."""

    def wrap(lift: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(lift)
        def wrapper(whole: Any, member: Any) -> Any:
            output = lift(whole, member)
            if whole not in _ASKED or member not in TEXT:
                return output
            props = _ASKED[whole]

            async def make() -> str:
                sent = json_format.MessageToDict(await rpc.serialize_properties(props, {}))
                known = holed(sent, parts)
                return json.dumps({key: known[key] for key in sorted(known) if known[key]})

            return parts.remember(output, make)

        return wrapper

    return wrap


def keep(parts: Any) -> None:
    """Has the SDK keep it from now on.

    Args:
        parts: the module about known parts.
    """
    runtime: Any = pulumi.runtime
    if not hasattr(runtime, "invoke_output"):  # an older SDK
        return
    runtime.invoke_output = asking(runtime.invoke_output)
    kind: Any = pulumi.Output
    kind.apply = applying(kind.apply)
    for name in ("__getattr__", "__getitem__"):
        setattr(kind, name, taking(parts)(getattr(kind, name)))
