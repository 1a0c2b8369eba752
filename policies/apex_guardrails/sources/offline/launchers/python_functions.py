"""Keeps from which functions, and which outputs of resources, an output comes.

An output knows the resources it depends on: not which of their outputs, nor the functions that were
called for it. Here they are remembered beside it, and sent with it where it is unknown: so findings
can name the functions, and what comes from a secret is known for it whatever it is called.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import re
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

import pulumi
import pulumi.runtime
from pulumi.runtime import stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MEMBER = "apexFunctions"
SECRETS = "apexSecrets"
"""What an unknown output value has besides the protocol's members: the functions' tokens; and of
each secret it comes from: the type or function, the output, whether it is unmarked, the resource.
"""


class Origin(NamedTuple):
    """Where an output comes from.

    Attributes:
        token: of the function or the resource's type.
        output: the path in its result, by the provider's names; "" where it is not known.
        is_unmarked: whether the program has taken the secret mark away.
        resource: its name; "" for a function.
        call: its number among those of functions; 0 for a resource.
    """

    token: str
    output: str = ""
    is_unmarked: bool = False
    resource: str = ""
    call: int = 0


_CALLS = itertools.count(1)
_NONE: frozenset[int] = frozenset()

_ORIGINS: weakref.WeakKeyDictionary[pulumi.Output[Any], frozenset[Origin]] = (
    weakref.WeakKeyDictionary()
)


def origins(value: Any) -> frozenset[Origin]:
    """Where an output comes from, or what is in a mapping or a list of them."""
    if isinstance(value, pulumi.Output):
        return _ORIGINS.get(value, frozenset())
    if isinstance(value, dict):
        return origins(list(dict.values(value)))
    if isinstance(value, (list, tuple)):
        return frozenset[Origin]().union(*map(origins, value))
    return frozenset()


def calls(value: Any) -> frozenset[int]:
    """The numbers of the function calls that an output comes from."""
    return frozenset(origin.call for origin in origins(value) if origin.call) if _ORIGINS else _NONE


def asking(note: Callable[..., Any]) -> Callable[..., Any]:
    """A function call in its output form, remembered.

    Args:
        note: takes the output, the call's number, the function and its arguments, and returns
            the output.
    """

    def wrap(invoke: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(invoke)
        def wrapper(tok: str, *args: Any, **kwargs: Any) -> Any:
            output = invoke(tok, *args, **kwargs)
            if isinstance(output, pulumi.Output):
                call = next(_CALLS)
                output = note(output, call, tok, args[0] if args else kwargs.get("props"))
                _ORIGINS[output] = frozenset({Origin(tok, call=call)})
            return output

        return wrapper

    return wrap


def type_and_name(resource: Any) -> tuple[str, str]:
    """The type and the name of a resource, for which older SDKs have no property."""
    fields = vars(resource)
    token = getattr(resource, "pulumi_resource_type", None) or fields.get("_type", "")
    return token, getattr(resource, "pulumi_resource_name", None) or fields.get("_name", "")


def taking(get: Callable[..., Any]) -> Callable[..., Any]:
    """Remembers what the program takes of resources."""

    @functools.wraps(get)
    def wrapper(owner: Any, name: str) -> Any:
        output = get(owner, name)
        if isinstance(owner, pulumi.Resource) and isinstance(output, pulumi.Output):
            token, its_name = type_and_name(owner)
            _ORIGINS[output] = frozenset(
                {Origin(token, as_provider_names(name), resource=its_name)}
            )
        return output

    return wrapper


def going_down(lift: Callable[..., Any]) -> Callable[..., Any]:
    """What takes a member out of an output."""

    @functools.wraps(lift)
    def wrapper(whole: Any, member: Any) -> Any:
        output = lift(whole, member)
        found = origins(whole)
        if found and isinstance(output, pulumi.Output) and isinstance(member, str):
            name = as_provider_names(member)
            _ORIGINS[output] = frozenset(
                origin._replace(output=f"{origin.output}.{name}".lstrip(".")) for origin in found
            )
        return output

    return wrapper


def passing_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """What makes an output of others: it comes from where they do."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        output = function(*args, **kwargs)
        if _ORIGINS and isinstance(output, pulumi.Output):
            carry(output, origins([*args, *kwargs.values()]))
        return output

    return wrapper


def passing_first_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same of what is given more than it makes the output of."""

    @functools.wraps(function)
    def wrapper(value: Any, *args: Any, **kwargs: Any) -> Any:
        output = function(value, *args, **kwargs)
        if _ORIGINS and isinstance(output, pulumi.Output):
            carry(output, origins(value))
        return output

    return wrapper


def waited_for(output: Any, resources: set[pulumi.Resource]) -> list[str]:
    """What an output waits for, as people speak of it.

    Args:
        output: it.
        resources: those that it depends on.
    """
    outputs = [origin for origin in origins(output) if origin.resource]
    named = {(origin.token, origin.resource) for origin in outputs}
    asked = {origin.token for origin in origins(output) if origin.call}
    others = {
        # The id is a member of every resource, and not taken as the others are.
        ("id of " * (vars(resource).get("id") is output) + token, name)
        for resource in resources
        for token, name in [type_and_name(resource)]
        if (token, name) not in named
    }
    return [
        *sorted(f"{it.output} of {it.token} {it.resource}" for it in outputs),
        *sorted(f"the answer of {token}" for token in asked),
        *sorted(f"{token} {name}".strip() for token, name in others),
    ]


def carry(output: pulumi.Output[Any], found: frozenset[Origin]) -> None:
    """Remembers where an output comes from, besides what is known of it."""
    if found:
        _ORIGINS[output] = found | origins(output)


def unmarking(unsecret: Callable[..., Any]) -> Callable[..., Any]:
    """`Output.unsecret`, remembered."""

    @functools.wraps(unsecret)
    def wrapper(val: Any) -> Any:
        output = unsecret(val)
        found = origins(val)
        if found and isinstance(output, pulumi.Output):
            _ORIGINS[output] = frozenset(origin._replace(is_unmarked=True) for origin in found)
        return output

    return wrapper


@functools.lru_cache(maxsize=1000)
def as_provider_names(name: str) -> str:
    """`secret_data` of Python, as the provider calls it."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def keep(
    secrets: Mapping[str, Sequence[str]], note: Callable[..., Any]
) -> Callable[[pulumi.Output[Any]], Any]:
    """Has the SDK keep them from now on, as far as it is built as expected.

    Args:
        secrets: The secret outputs of types and functions.
        note: See `asking`.

    Returns:
        What is sent with an unknown output.
    """
    wanted: list[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = [
        (pulumi.runtime, "invoke_output", asking(note)),
        # The members of every resource's class call it.
        (pulumi, "get", taking),
        *(
            (pulumi.Output, name, passing_on)
            for name in ("all", "apply", "concat", "format", "from_input", "json_dumps", "secret")
        ),
        (pulumi.Output, "unsecret", unmarking),
        *((pulumi.Output, name, going_down) for name in ("__getattr__", "__getitem__")),
        (stack, "massage", passing_first_on),
    ]
    for owner, name, wrap in wanted:
        function = getattr(owner, name, None)
        if callable(function):
            is_static = isinstance(inspect.getattr_static(owner, name), staticmethod)
            wrapped = wrap(function)
            setattr(owner, name, staticmethod(wrapped) if is_static else wrapped)

    async def members(output: pulumi.Output[Any]) -> dict[str, Any]:
        found = sorted(origins(output))
        functions = sorted({origin.token for origin in found if not origin.resource})
        known = [
            [origin.token, origin.output, "unmarked" * origin.is_unmarked, origin.resource]
            for origin in sorted({origin._replace(call=0) for origin in found})
            if origin.output in secrets.get(origin.token, ())
        ]
        return {
            **({MEMBER: functions} if functions else {}),
            **({SECRETS: known} if known else {}),
        }

    return members
