"""Commands that inputs hold as lists: of a program, or an image that is called so, and arguments.

In a container the command stands before the arguments, and takes the place of the image's own
(Kubernetes, "Define a Command and Arguments for a Container"; Cloud Build, "Build configuration
file schema": `entrypoint`; 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from apex_guardrails.model.credentials.addresses import HOLE
from apex_guardrails.model.credentials.commands import password_given
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value, join_path, unwrap

_COMMANDS: Final = ("command", "commands", "entrypoint")
_ARGUMENTS: Final = ("args", "arguments")
_IMAGES: Final = ("image", "name")


def given_passwords(resource: Resource) -> Iterator[str]:
    """The path of each argument by which a program is given a password."""
    pending: list[tuple[str, Value]] = [("", resource.value)]
    while pending:
        path, value = pending.pop()
        value = unwrap(value)
        if isinstance(value, str):
            continue
        if isinstance(value, Mapping):
            yield from _in_container(path, value)
            pending.extend((join_path(path, key), value[key]) for key in value)
        elif isinstance(value, Sequence):
            pending.extend((join_path(path, index), item) for index, item in enumerate(value))


def _in_container(path: str, container: Mapping[str, Value]) -> Iterator[str]:
    words = [
        word
        for key in (*_COMMANDS, *_ARGUMENTS)
        if key in container
        for word in _words(join_path(path, key), container[key])
    ]
    if not words:
        return
    program = "" if any(key in container for key in _COMMANDS) else _program(container)
    password = password_given(" ".join((program, *(text for _, text in words))))
    if password is not None:
        # The last one: a host or a user may be called the same.
        yield from [where for where, text in words if password in text][-1:]


def _words(path: str, value: Value) -> Iterator[tuple[str, str]]:
    value = unwrap(value)
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Sequence):
        for index, item in enumerate(map(unwrap, value)):
            if isinstance(item, str):
                yield join_path(path, index), item
            elif item is UNKNOWN:
                yield join_path(path, index), HOLE


def _program(container: Mapping[str, Value]) -> str:
    """What an image runs, as far as its name says it."""
    for key in _IMAGES:
        image = unwrap(container.get(key))
        if isinstance(image, str):
            return image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    return ""
