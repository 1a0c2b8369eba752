"""Outputs of another stack of which some are known: the SDK takes them for unknown as a whole.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

UNKNOWN = pulumi.output.UNKNOWN


def picking(*, is_required: bool) -> Callable[[Any], Any]:
    """Takes one output out of all: its name and all of them in, one out."""

    def pick(both: Any) -> Any:
        if pulumi.output.contains_unknowns(both[0]) or isinstance(both[1], type(UNKNOWN)):
            return UNKNOWN
        name, outputs = both
        # Where all are known, the SDK itself has said what is missing.
        if is_required and name not in outputs and pulumi.output.contains_unknowns(outputs):
            raise KeyError(name)
        return outputs.get(name)

    return pick


def one_by_one(read: Callable[..., Any], *, is_required: bool) -> Callable[..., Any]:
    """`get_output` and `require_output`: an output is known, whatever the others are."""

    @functools.wraps(read)
    def wrapper(self: Any, name: Any) -> Any:
        whole = read(self, name)
        one = pulumi.Output.all(pulumi.Output.from_input(name), self.outputs).apply(
            picking(is_required=is_required), run_with_unknowns=True
        )
        return pulumi.Output(whole.resources(), one.future(), one.is_known(), whole.is_secret())

    return wrapper


def promptly(details: Callable[..., Any], place: Callable[[], str]) -> Callable[..., Any]:
    """`get_output_details`, which would take an output that is not known for none."""

    @functools.wraps(details)
    def wrapper(self: Any, name: str) -> Coroutine[Any, Any, Any]:
        where = place()

        async def answered() -> Any:
            output = self.get_output(name)
            if not await output.is_known():
                stack = await self.name.future()
                raise pulumi.RunError(
                    f"{where}the output {name} of the stack {stack} is asked for in its plain "
                    "form, and is not known here: give the stack's outputs in policy-pack.yaml "
                    "(offline.stacks), or use get_output"
                )
            told = await details(self, name)
            value = await output.future()
            if await output.is_secret():
                return type(told)(secret_value=value)
            return type(told)(value=value)

        return answered()

    return wrapper


def keep(place: Callable[[], str]) -> None:
    """Has the SDK give outputs one by one from now on.

    Args:
        place: file and line of the program's call under way.
    """
    reference: Any = pulumi.StackReference
    reference.get_output = one_by_one(reference.get_output, is_required=False)
    reference.require_output = one_by_one(reference.require_output, is_required=True)
    if hasattr(reference, "get_output_details"):
        reference.get_output_details = promptly(reference.get_output_details, place)
