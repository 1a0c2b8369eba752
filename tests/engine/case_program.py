"""A Pulumi program made of cases of every rule, for both sources to judge.

Each resource of a case is registered as it stands there, completed with whatever else its provider
requires, under a name of its own. What a case calls unknown is an output of a resource that does
not exist yet; what it calls secret config comes from secret config.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from apex_guardrails.model import UNKNOWN, Asset, Outcome, Rule
from apex_guardrails.model.case import SECRET_CONFIG, Case, CaseResource, OutputOf
from apex_guardrails.model.value import Secret
from apex_guardrails.provider import Field, type_schema
from apex_guardrails.rules import all_rules

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


def register_deployable() -> None:
    """As `register`, without the cases that are about values not known yet.

    What stands for them is a text, which no provider takes for an object.
    """
    register(without=Outcome.UNDECIDED)


def register(rules: list[Rule] | None = None, without: Outcome | None = None) -> None:
    """Registers the resources, and exports the outputs, of cases of the rules."""
    secret = pulumi.Config().require_secret("password")
    source = Source("gcp:compute/network:Network", "source", {})
    for rule in all_rules() if rules is None else rules:
        for number, case in enumerate(chosen(rule)):
            if case.outcome is without:
                continue
            _register(f"{rule.id}-{number}", rule, case, source, secret)


def chosen(rule: Rule) -> list[Case]:
    """One case of each outcome; all of them would keep the engine busy for many minutes.

    What is known of a text in part, the engine does not tell: those cases are the offline source's.
    """
    cases = [case for case in rule.cases if not case.is_told_offline]
    # Those with the parameters that the engine has come first.
    cases.sort(key=lambda case: bool(case.parameters))
    first = {case.outcome: case for case in reversed(cases)}
    return list(first.values())


def fails_here(rule: Rule) -> bool:
    """Whether a rule about single resources finds its violation in the program of all cases.

    It does not where the violation is in stack config, a resource of a provider that does not run
    here, or something that the engine does not tell. Rules about the stack see the cases of all
    rules at once.
    """
    violation = next((case for case in chosen(rule) if case.outcome is Outcome.FAILS), None)
    if violation is None:
        return False
    tokens = [resource.token or rule.type_token or "" for resource in violation.resources]
    return (
        rule.scope == "resource"
        and not violation.config
        and not violation.parameters
        and all(token.startswith("gcp:") for token in tokens)
    )


def _register(
    name: str, rule: Rule, case: Case, source: Source, secret: pulumi.Output[str]
) -> None:
    written = {resource.name: (index, resource) for index, resource in enumerate(case.resources)}
    registered: dict[int, AnyResource | None] = {}

    def value(item: Any) -> Any:
        return _program_value(item, source, secret, output_of)

    def output_of(referred: str) -> pulumi.Output[str]:
        resource = register_one(*written[referred])
        return source.id if resource is None else resource.id

    def register_one(index: int, resource: CaseResource) -> AnyResource | None:
        if index not in registered:
            registered[index] = _resource(f"{name}-{index}", rule, resource, value)
        return registered[index]

    for index, resource in enumerate(case.resources):
        register_one(index, resource)
    for key, item in case.outputs.items():
        pulumi.export(f"{name}-{key}", value(item))


def _resource(
    name: str, rule: Rule, resource: CaseResource, value: Callable[[Any], Any]
) -> AnyResource | None:
    token = resource.token or rule.type_token
    if token is None:
        raise ValueError(f"{rule.id}: a case's resource has no type")
    # Only the gcp provider runs in the tests, and none starts on settings that are not JSON.
    if not token.startswith("gcp:") or "not JSON" in resource.provider.values():
        return None
    provider = None
    if resource.provider:
        inputs = {key: value(item) for key, item in _provider_inputs(resource).items()}
        provider = pulumi.ProviderResource("gcp", name, inputs)
    return AnyResource(
        token,
        name,
        {key: value(item) for key, item in _completed(token, resource.inputs).items()},
        pulumi.ResourceOptions(provider=provider, protect=resource.is_protected),
    )


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


def _program_value(
    item: Any,
    source: Source,
    secret: pulumi.Output[str],
    output_of: Callable[[str], pulumi.Output[str]],
) -> Any:
    """What a program would write for a case's value."""

    def inside(inner: Any) -> Any:
        return _program_value(inner, source, secret, output_of)

    if item is UNKNOWN:
        return source.id
    if isinstance(item, OutputOf):
        return output_of(item.name)
    if isinstance(item, Secret):
        return pulumi.Output.secret(inside(item.value))
    if isinstance(item, Asset):
        return pulumi.StringAsset(item.text or "")
    if isinstance(item, str) and SECRET_CONFIG in item:
        before, _, after = item.partition(SECRET_CONFIG)
        # Without its mark, as a program has it that read the key with `require`.
        plain = pulumi.Output.unsecret(secret)
        return pulumi.Output.concat(before, plain, after) if before or after else plain
    if isinstance(item, Mapping):
        return {key: inside(inner) for key, inner in item.items()}
    if isinstance(item, list):
        return [inside(inner) for inner in item]
    return item
