"""Passwords that the program generates, and where they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from apex_guardrails.gcp.credential_places import may_hold_secret
from apex_guardrails.gcp.secret_outputs import OF_RESOURCES
from apex_guardrails.model.credentials.named_values import NamedValue
from apex_guardrails.model.credentials.names import meaning
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value, parse_path, unwrap
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.rules.families.shown_inputs import find_shown, text_of, values_of
from apex_guardrails.rules.families.shown_secrets import called, describe, is_derived, shown_secrets

RANDOM_PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105 a type
GENERATORS: Final = (RANDOM_PASSWORD, "random:index/randomBytes:RandomBytes")
"""What makes secrets, and nothing that others may see (Pulumi Registry, random, 2026-11)."""

KEY_PAIR: Final = "tls:index/privateKey:PrivateKey"
"""Makes a private key, and the public one that everybody may see (the same, tls, 2026-11)."""

_PRIVATE: Final = re.compile(
    r".*(?:private|tls|ssl|server|signing|jwt)[-_.]?key(?:[-_.]?(?:pem|openssh))?", re.IGNORECASE
)
"""What is called so is the private one of a pair."""

_SHORTEST: Final = 8
"""Shorter ones would be found in other texts by chance."""


def shown_passwords(stack: Stack) -> Iterator[tuple[Resource, str, str]]:
    """Each resource and path that shows a generated or looked up secret, and what it is.

    Dependencies are known for a top-level input as a whole: where other outputs arrive in it, too,
    the values that are called something with a credential are named, or else the input itself.
    The source that runs the program knows of which outputs a value is made, and where it is: only
    so, or by its value once it is deployed, is known what resources with other outputs give.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    makers = {resource.urn: resource for resource in stack.of_type(*OF_RESOURCES)}
    for resource in stack:
        if resource.property_dependencies is None:
            raise DependenciesUnknownError
        if not resource.custom:
            continue
        told = dict(shown_secrets(resource))
        for path, origin in told.items():
            yield resource, path, describe(origin)
        told_in = {parse_path(path)[0] for path in told}
        for name, urns in sorted(resource.property_dependencies.items()):
            sources = set(urns)
            made = [makers[urn] for urn in sorted(sources) if urn in makers]
            for path in _known(resource, name, made):
                yield resource, path, f"what {made[0].name} makes"
            if made and name not in told_in:
                for path, maker in _unknown(resource, name, made, len(sources)):
                    yield resource, path, f"the value that {maker.name} generates"


def _unknown(
    resource: Resource, name: str, makers: list[Resource], sources: int
) -> Iterator[tuple[str, Resource]]:
    """Where it may be shown what is generated only when it is deployed, and by which resource."""
    generators = [maker for maker in makers if maker.type.token in GENERATORS]
    pair = next((maker for maker in makers if maker.type.token == KEY_PAIR), None)
    if not all(any(_results(generator)) for generator in generators):
        for path in _paths(resource, name, is_all=len(generators) == sources):
            yield path, generators[0]
    elif pair is not None and not generators:
        for path in _private_keys(resource, name):
            yield path, pair


def _known(resource: Resource, name: str, makers: list[Resource]) -> Iterator[str]:
    """Where what is deployed is shown: its value tells."""
    known = {text for maker in makers for text in _results(maker) if len(text) >= _SHORTEST}
    if not known:
        return
    already = {item.path for item in find_shown(resource)}
    for item in values_of(resource):
        text = text_of(item)
        is_shown = isinstance(text, str) and any(result in text for result in known)
        is_other = parse_path(item.path)[0] != name or item.path in already
        if is_shown and not is_other and not may_hold_secret(resource, item.path):
            yield item.path


def _paths(resource: Resource, name: str, *, is_all: bool) -> Iterator[str]:
    values = [item for item in values_of(resource) if parse_path(item.path)[0] == name]
    already = {item.path for item in find_shown(resource)}
    unknown = [item for item in values if item.value is UNKNOWN]
    if any(may_hold_secret(resource, item.path) for item in unknown):
        # That is where it goes, as far as anybody can tell.
        return
    plain = [item for item in unknown if not is_derived(item)]
    if len(plain) < len(unknown):
        plain = [item for item in plain if meaning(item.name)]
    elif not is_all:
        plain = _likely(plain)
    if is_all:
        yield from (item.path for item in plain if item.path not in already)
    elif plain and already.isdisjoint(item.path for item in unknown):
        yield plain[0].path if len(plain) == 1 else name


def _private_keys(resource: Resource, name: str) -> Iterator[str]:
    """Where a pair's private key is not known yet; one that is known has a form of its own."""
    already = {item.path for item in find_shown(resource)}
    for item in values_of(resource):
        path = item.path
        is_one = item.value is UNKNOWN and _PRIVATE.fullmatch(called(item)) is not None
        is_other = parse_path(path)[0] != name or path in already
        if is_one and not is_other and not may_hold_secret(resource, path):
            yield path


def _likely(unknown: list[NamedValue]) -> list[NamedValue]:
    called = [item for item in unknown if meaning(item.name)]
    return called[:1] or unknown


def _results(maker: Resource) -> Iterator[str]:
    """The secrets that a resource has made, where it is deployed."""
    for path in OF_RESOURCES[maker.type.token]:
        value: Value = maker.outputs
        for step in parse_path(path):
            value = unwrap(value.get(step)) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value:
            yield value
