"""Commands that inputs hold as lists: of a program, or an image that is called so, and arguments.

In a container the command stands before the arguments, and takes the place of the image's own
(Kubernetes, "Define a Command and Arguments for a Container"; Cloud Build, "Build configuration
file schema": `entrypoint`; 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from apex_guardrails.model.credentials.addresses import HOLE
from apex_guardrails.model.credentials.commands import (
    ARGUMENT_INPUTS,
    COMMAND_INPUTS,
    password_given,
)
from apex_guardrails.model.credentials.named_values import (
    MAPPING,
    SCALAR,
    SEQUENCE,
    Opened,
    open_plain,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Step, join_path

_IMAGES: Final = ("image", "name")


def given_passwords(resource: Resource) -> Iterator[str]:
    """The path of each argument by which a program is given a password."""
    value = resource.value
    opens: Callable[[Any], Opened] = getattr(value, "opens", open_plain)
    pending: list[tuple[str, Opened]] = [("", opens(value))]
    while pending:
        path, (kind, content, _) = pending.pop()
        members: Iterable[tuple[Step, Opened]]
        if kind == MAPPING:
            container = {key: opens(content[key]) for key in content}
            yield from _in_container(path, container, opens)
            members = container.items()
        else:
            members = enumerate(map(opens, content))
        pending.extend(
            (join_path(path, step), member) for step, member in members if member[0] != SCALAR
        )


def _in_container(
    path: str, container: Mapping[str, Opened], opens: Callable[[Any], Opened]
) -> Iterator[str]:
    words = [
        word
        for key in (*COMMAND_INPUTS, *ARGUMENT_INPUTS)
        if key in container
        for word in _words(join_path(path, key), container[key], opens)
    ]
    if not words:
        return
    program = "" if any(key in container for key in COMMAND_INPUTS) else _program(container)
    password = password_given(" ".join((program, *(text for _, text in words))))
    if password is not None:
        # The last one: a host or a user may be called the same.
        yield from [where for where, text in words if password in text][-1:]


def _words(
    path: str, argument: Opened, opens: Callable[[Any], Opened]
) -> Iterator[tuple[str, str]]:
    kind, content, _ = argument
    if isinstance(content, str):
        yield path, content
    elif kind == SEQUENCE:
        for index, (_, item, _) in enumerate(map(opens, content)):
            if isinstance(item, str):
                yield join_path(path, index), item
            elif item is UNKNOWN:
                yield join_path(path, index), HOLE


def _program(container: Mapping[str, Opened]) -> str:
    """What an image runs, as far as its name says it."""
    for key in _IMAGES:
        image = container[key][1] if key in container else None
        if isinstance(image, str):
            return image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    return ""
