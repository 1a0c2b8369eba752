"""A stack as the Pulumi engine tells policies of it, where the engine did not tell us itself."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.model import STACK_TYPE, UNKNOWN, Resource, Stack
from apex_guardrails.model.stack import WHOLE
from apex_guardrails.model.value import Value
from apex_guardrails.provider.plan import planned
from apex_guardrails.provider.schema import type_schema
from apex_guardrails.wire import plain, write_struct

_PROVIDERS: Final = "pulumi:providers:"


def analyze_request(resource: Resource) -> analyzer_pb2.AnalyzeRequest:
    """A resource with its inputs."""
    told: analyzer_pb2.AnalyzeRequest | None = resource.stack.analyzed.get(resource.urn)
    if told is not None:
        return told
    return analyzer_pb2.AnalyzeRequest(
        type=resource.type.token,
        properties=write_struct(resource.value),
        urn=resource.urn,
        name=resource.name,
        options=_options(resource),
        provider=_provider(resource),
    )


def stack_request(stack: Stack) -> analyzer_pb2.AnalyzeStackRequest:
    """A stack with all its resources, with outputs as a preview knows them."""
    told: analyzer_pb2.AnalyzeStackRequest | None = stack.analyzed.get(WHOLE)
    if told is not None:
        return told
    return analyzer_pb2.AnalyzeStackRequest(resources=map(_resource, stack))


def _resource(resource: Resource) -> analyzer_pb2.AnalyzerResource:
    if resource.type.token == STACK_TYPE:
        outputs = resource.stack.outputs
        properties = outputs.value if outputs is not None else resource.value
    else:
        properties = _outputs(resource)
    names = resource.property_dependencies or {}
    return analyzer_pb2.AnalyzerResource(
        type=resource.type.token,
        properties=write_struct(properties),
        urn=resource.urn,
        name=resource.name,
        options=_options(resource),
        provider=_provider(resource),
        parent=resource.parent,
        dependencies=sorted(resource.dependencies),
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=sorted(urns))
            for name, urns in names.items()
        },
    )


def _outputs(resource: Resource) -> dict[str, Value]:
    """What the provider gave back; in a preview the inputs, and what it will compute."""
    if resource.outputs:
        return dict(resource.outputs)
    inputs = plain(resource.value)
    schema = type_schema(resource.type.token) if resource.custom else None
    if schema is None:
        return dict(inputs)
    computed = {
        name: UNKNOWN
        for name, field in schema.fields.items()
        if (field.get("output") or field.get("computed")) and inputs.get(name) is None
    }
    return {"id": UNKNOWN, **computed, **planned(resource.type.token, inputs)}


def _options(resource: Resource) -> analyzer_pb2.AnalyzerResourceOptions:
    told: analyzer_pb2.AnalyzerResourceOptions | None = resource.stack.options.get(resource.urn)
    if told is not None:
        return told
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=bool(resource.is_protected), parent=resource.parent
    )


def _provider(resource: Resource) -> analyzer_pb2.AnalyzerProviderResource | None:
    if not resource.custom or resource.type.token.startswith("pulumi:"):
        return None
    token = f"{_PROVIDERS}{resource.type.token.partition(':')[0]}"
    for provider in resource.stack.of_type(token):
        if provider.value is resource.provider:
            return analyzer_pb2.AnalyzerProviderResource(
                type=token,
                properties=write_struct(provider.value),
                urn=provider.urn,
                name=provider.name,
            )
    return analyzer_pb2.AnalyzerProviderResource(
        type=token, properties=write_struct(resource.provider)
    )
