"""A Pulumi program made of every rule's cases, for both sources to judge.

Each resource of a case is registered as it stands there, completed with whatever else its provider
requires, under a name of its own. What a case calls unknown is an output of a resource that does
not exist yet; what it calls secret config comes from secret config.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from policies.model import UNKNOWN, Asset, Rule
from policies.model.case import SECRET_CONFIG, Case, CaseResource
from policies.model.value import Secret
from policies.provider import Field, type_schema
from policies.rules import all_rules

_SAMPLES: dict[str, Any] = {
    "string": "sample",
    "number": 1,
    "bool": False,
    "list": [],
    "map": {},
    "object": {},
}


class AnyResource(pulumi.CustomResource):
    """A resource of a type that is only known by its token."""


class Source(AnyResource):
    """A resource whose id is what nobody knows before deployment."""


def register(rules: list[Rule] | None = None) -> None:
    """Registers the resources, and exports the outputs, of all cases of the rules."""
    secret = pulumi.Config().require_secret("password")
    source = Source("gcp:compute/network:Network", "source", {})
    for rule in all_rules() if rules is None else rules:
        for number, case in enumerate(rule.cases):
            _register(f"{rule.id}-{number}", rule, case, source, secret)


def _register(
    name: str, rule: Rule, case: Case, source: Source, secret: pulumi.Output[str]
) -> None:
    def value(item: Any) -> Any:
        return _program_value(item, source, secret)

    for index, resource in enumerate(case.resources):
        token = resource.token or rule.type_token
        if token is None:
            raise ValueError(f"{rule.id}: a case's resource has no type")
        # Only the gcp provider runs in the tests, and none starts on settings that are not JSON.
        if not token.startswith("gcp:") or "not JSON" in resource.provider.values():
            continue
        full = f"{name}-{index}"
        provider = None
        if resource.provider:
            inputs = {key: value(item) for key, item in _provider_inputs(resource).items()}
            provider = pulumi.ProviderResource("gcp", full, inputs)
        AnyResource(
            token,
            full,
            {key: value(item) for key, item in _completed(token, resource.inputs).items()},
            pulumi.ResourceOptions(provider=provider),
        )
    for key, item in case.outputs.items():
        pulumi.export(f"{name}-{key}", value(item))


def _provider_inputs(resource: CaseResource) -> Mapping[str, Any]:
    """A provider's nested inputs are JSON text, as the SDK makes them."""
    import json

    return {
        key: json.dumps(item) if isinstance(item, dict) else item
        for key, item in resource.provider.items()
    }


def _completed(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, and a sample of everything that the provider requires beside them."""
    schema = type_schema(token)
    return _complete(schema.fields, inputs) if schema else dict(inputs)


def _complete(fields: Mapping[str, Field], inputs: Mapping[str, Any]) -> dict[str, Any]:
    completed = dict(inputs)
    for name, field in fields.items():
        inner = field.get("fields")
        if name not in completed:
            if field.get("required") and not field.get("autoname"):
                sample = _SAMPLES[field.get("type", "string")]
                completed[name] = _complete(inner, {}) if inner and sample == {} else sample
        elif inner and isinstance(completed[name], Mapping):
            completed[name] = _complete(inner, completed[name])
        elif inner and isinstance(completed[name], list):
            completed[name] = [
                _complete(inner, item) if isinstance(item, Mapping) else item
                for item in completed[name]
            ]
    return completed


def _program_value(item: Any, source: Source, secret: pulumi.Output[str]) -> Any:
    """What a program would write for a case's value."""
    if item is UNKNOWN:
        return source.id
    if isinstance(item, Secret):
        return pulumi.Output.secret(_program_value(item.value, source, secret))
    if isinstance(item, Asset):
        return pulumi.StringAsset(item.text or "")
    if isinstance(item, str) and SECRET_CONFIG in item:
        before, _, after = item.partition(SECRET_CONFIG)
        # Without its mark, as a program has it that read the key with `require`.
        plain = pulumi.Output.unsecret(secret)
        return pulumi.Output.concat(before, plain, after) if before or after else plain
    if isinstance(item, Mapping):
        return {key: _program_value(inner, source, secret) for key, inner in item.items()}
    if isinstance(item, list):
        return [_program_value(inner, source, secret) for inner in item]
    return item
