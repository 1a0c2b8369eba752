"""Secrets that are made or looked up, and where the source knows that they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.credential_places import may_hold_secret
from apex_guardrails.model.credentials.named_values import NamedValue
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, SecretOrigin, parse_path
from apex_guardrails.rules.families.shown_inputs import find_shown, values_of

_DERIVED: Final = re.compile(
    r"hash|checksum|\bsha|sha\d|md5|digest|finger|version|revision|rotat|etag|rollout|restart"
    r"|trigger|length",
    re.IGNORECASE,
)


def is_derived(item: NamedValue) -> bool:
    """Whether a value is called what is made from a secret, and does not show it."""
    return _DERIVED.search(called(item)) is not None


def called(item: NamedValue) -> str:
    """What a value is called: its name, or the last part of its path."""
    return item.name or item.path.rpartition(".")[2]


def shown_secrets(resource: Resource) -> Iterator[tuple[str, SecretOrigin]]:
    """The path of each value that is made from a secret output and shown, and that output."""
    if not resource.secret_origins:
        return
    already = {item.path for item in find_shown(resource)}
    for item in values_of(resource):
        path = item.path
        origins = resource.secret_origins.get(parse_path(path)) if item.value is UNKNOWN else None
        is_settled = path in already or is_derived(item)
        if origins and not is_settled and not may_hold_secret(resource, path):
            yield path, origins[0]


def unmarked_outputs(outputs: Resource) -> Iterator[tuple[str, SecretOrigin]]:
    """The stack's outputs that are made from a secret output, and not marked as secret.

    The mark of a resource's output goes with it unless the program takes it away; what a function
    answers has none.
    """
    for item in values_of(outputs):
        if item.is_secret or item.value is not UNKNOWN or is_derived(item):
            continue
        for origin in outputs.secret_origins.get(parse_path(item.path), ()):
            if origin.is_unmarked or not origin.resource:
                yield item.path, origin
                break


def describe(origin: SecretOrigin) -> str:
    """A secret output as findings speak of it."""
    if not origin.resource:
        return f"the answer of the function {origin.token}"
    return f"{origin.output} of {origin.token} {origin.resource}"
