"""The provider that Pulumi makes of a stack's config, where the program makes none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from apex_guardrails.model import Resource, Stack, type_of
from apex_guardrails.model.value import Secret, Value
from apex_guardrails.provider import resource_type


def default_provider(
    config: Mapping[str, Value], secret_keys: Collection[str], package: str, version: str = ""
) -> dict[str, Value]:
    """The inputs of a package's default provider: the config keys in its namespace."""
    prefix = f"{package}:"
    inputs: dict[str, Value] = {
        key.removeprefix(prefix): Secret(value) if key in secret_keys else value
        for key, value in config.items()
        if key.startswith(prefix)
    }
    return {**inputs, "version": version} if version else inputs


def add_provider(stack: Stack, urn: str, inputs: Mapping[str, Value]) -> Resource:
    """The provider that Pulumi makes, in the stack."""
    kind = resource_type(type_of(urn))
    provider = Resource(urn, kind, inputs, stack, dependencies=(), property_dependencies={})
    stack.add(provider)
    return provider
