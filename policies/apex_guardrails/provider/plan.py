"""What the provider says of a resource that is yet to be created: Terraform's plan for it.

What Google fills in is not known then, in an object or an element that is given as much as at the
top. Source: the schema's `computed` and `output`; how Terraform plans a creation
(`pulumi-terraform-bridge`, `provider.go`: `Create` answers a preview with the proposed state, read
on 2026-11-30).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

from apex_guardrails.model.value import UNKNOWN, Secret, Value
from apex_guardrails.provider.schema import Field, type_schema


def planned(token: str, inputs: dict[str, Value]) -> dict[str, Value]:
    """The inputs of a resource, and below the top what Google computes, not known.

    At the top every SDK knows by itself that what it is not told is not known in a preview.

    Args:
        token: the resource's type; of a type unknown to the schema nothing is computed.
        inputs: in dictionaries and lists, after the check; the very same are given back where
            there is nothing to add.
    """
    schema = type_schema(token)
    return inputs if schema is None else _below(schema.fields, inputs)


def _below(fields: Mapping[str, Field], given: dict[str, Value]) -> dict[str, Value]:
    changed: dict[str, Value] = {}
    for name, value in given.items():
        inner = fields[name].get("fields") if name in fields else None
        if inner:
            plan = _value(inner, value)
            if plan is not value:
                changed[name] = plan
    return {**given, **changed} if changed else given


def _value(fields: Mapping[str, Field], value: Value) -> Value:
    if isinstance(value, Secret):
        plan = _value(fields, value.value)
        return value if plan is value.value else Secret(plan)
    if isinstance(value, dict):
        computed = {
            name: UNKNOWN
            for name, field in fields.items()
            if (field.get("output") or field.get("computed")) and value.get(name) is None
        }
        below = _below(fields, value)
        return {**below, **computed} if computed else below
    if isinstance(value, list):
        plans = [_value(fields, element) for element in value]
        return value if all(map(operator.is_, plans, value)) else plans
    return value
