"""Inputs with other values at some paths; all that is beside them is what it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from apex_guardrails.model import Assignments, Secret
from apex_guardrails.model.value import AssetArchive, Step, Value, has_secrets, parse_path

_PLAIN: Final = (str, bool, int, float, dict, list)


class NotSettableError(Exception):
    """Something above the input is not known, or is nothing that has members."""


def with_values(inputs: Mapping[str, Value], assignments: Assignments) -> Mapping[str, Value]:
    """The inputs with values at some paths; what is missing above one is made.

    A secret mark above or on a value stays.

    Raises:
        NotSettableError: there is no such place.
    """
    changed: Value = inputs
    for path, value in assignments.items():
        changed = _with(changed, parse_path(path), value)
    result: Mapping[str, Value] = changed
    return result


def shown(value: Value) -> str:
    """A value for a report: what is secret is not in it."""
    if value is None:
        return "left out"
    if has_secrets(value):
        return "secret"
    # What stands where an input should be may be anything.
    return json.dumps(value) if isinstance(value, _PLAIN) else "something else"


def _with(container: Value, steps: Sequence[Step], value: Value) -> Value:
    if isinstance(container, Secret):
        return Secret(_with(container.value, steps, value))
    if not steps:
        return value
    step, *below = steps
    if isinstance(step, int):
        if isinstance(container, str) or not isinstance(container, Sequence):
            raise NotSettableError
        if step >= len(container):
            raise NotSettableError
        elements = [container[index] for index in range(len(container))]
        elements[step] = _with(elements[step], below, value)
        return elements
    if container is None:
        container = {}
    if not isinstance(container, Mapping) or isinstance(container, AssetArchive):
        raise NotSettableError
    members = {key: container[key] for key in container}
    members[step] = _with(members.get(step), below, value)
    return members
