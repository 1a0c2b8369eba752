"""Passwords that the program generates, and where they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.model.credentials.named_values import NamedValue
from policies.model.credentials.names import meaning
from policies.model.google.credential_places import may_hold_secret
from policies.model.google.shown_inputs import shown, text_of, values_of
from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import UNKNOWN, parse_path, unwrap
from policies.model.view import DependenciesUnknownError

RANDOM_PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105 a type
GENERATORS: Final = (RANDOM_PASSWORD, "random:index/randomBytes:RandomBytes")
"""What makes secrets, and nothing that others may see (Pulumi Registry, random, 2026-11)."""

KEY_PAIR: Final = "tls:index/privateKey:PrivateKey"
"""Makes a private key, and the public one that everybody may see (the same, tls, 2026-11)."""

_PRIVATE: Final = re.compile(
    r".*(?:private|tls|ssl|server|signing|jwt)[-_.]?key(?:[-_.]?(?:pem|openssh))?", re.IGNORECASE
)
"""What is called so is the private one of a pair."""

_DERIVED: Final = re.compile(
    r"hash|checksum|\bsha|sha\d|md5|digest|finger|version|revision|rotat|etag|rollout|restart"
    r"|trigger|length",
    re.IGNORECASE,
)
"""What is called so is made from a password, and does not show it."""

_RESULTS: Final = ("result", "base64", "hex")
"""The outputs that are what was made; a hash of it shows nothing."""

_SHORTEST: Final = 8
"""Shorter ones would be found in other texts by chance."""


def shown_passwords(stack: Stack) -> Iterator[tuple[Resource, str, Resource]]:
    """Each resource and path that shows a generated password, and what generates it.

    Dependencies are known for a top-level input as a whole: where other outputs arrive in it, too,
    the values that are called something with a credential are named, or else the input itself.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    generators = {resource.urn: resource for resource in stack.of_type(*GENERATORS)}
    pairs = {resource.urn: resource for resource in stack.of_type(KEY_PAIR)}
    for resource in stack:
        if resource.property_dependencies is None:
            raise DependenciesUnknownError
        if not resource.custom:
            continue
        for name, urns in sorted(resource.property_dependencies.items()):
            sources = sorted(set(urns))
            made = [generators[urn] for urn in sources if urn in generators]
            if made:
                is_all = len(made) == len(sources)
                for path in _paths(resource, name, made, is_all=is_all):
                    yield resource, path, made[0]
            pair = next((pairs[urn] for urn in sources if urn in pairs), None)
            if pair is not None and not made:
                for path in _private_keys(resource, name):
                    yield resource, path, pair


def _paths(
    resource: Resource, name: str, generators: list[Resource], *, is_all: bool
) -> Iterator[str]:
    values = [item for item in values_of(resource) if parse_path(item.path)[0] == name]
    already = {item.path for item in shown(resource)}
    made = [list(_results(generator)) for generator in generators]
    known = {text for texts in made for text in texts if len(text) >= _SHORTEST}
    for item in values:
        text = text_of(item)
        is_shown = isinstance(text, str) and any(result in text for result in known)
        if is_shown and not (item.path in already or may_hold_secret(resource, item.path)):
            yield item.path
    if all(made):
        return
    unknown = [item for item in values if item.value is UNKNOWN]
    if any(may_hold_secret(resource, item.path) for item in unknown):
        # That is where it goes, as far as anybody can tell.
        return
    plain = [item for item in unknown if not _DERIVED.search(_last(item))]
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
    already = {item.path for item in shown(resource)}
    for item in values_of(resource):
        path = item.path
        is_one = item.value is UNKNOWN and _PRIVATE.fullmatch(_last(item)) is not None
        is_other = parse_path(path)[0] != name or path in already
        if is_one and not is_other and not may_hold_secret(resource, path):
            yield path


def _likely(unknown: list[NamedValue]) -> list[NamedValue]:
    called = [item for item in unknown if meaning(item.name)]
    return called[:1] or unknown


def _last(item: NamedValue) -> str:
    return item.name or item.path.rpartition(".")[2]


def _results(generator: Resource) -> Iterator[str]:
    """What a generator has made, where it is deployed."""
    outputs = generator.outputs or {}
    for name in _RESULTS:
        text = unwrap(outputs.get(name))
        if isinstance(text, str):
            yield text
