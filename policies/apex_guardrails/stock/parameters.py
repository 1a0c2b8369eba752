"""A stock policy's schema of its configuration, as parameters that settings are held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import GenericAlias
from typing import Annotated, Any, Final, Literal

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pydantic import ConfigDict, Field, create_model

from apex_guardrails.model import NoParameters, Parameters

_TYPES: Final[Mapping[str, Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "object": dict[str, Any],
    "null": None,
}
_LIMITS: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
}


class AnyParameters(Parameters):
    """Those of a policy that has no schema, and got some where it was defined."""

    model_config = ConfigDict(extra="allow", frozen=True)


def parameters_of(
    schema: analyzer_pb2.PolicyConfigSchema | None, initial: Mapping[str, Any]
) -> type[Parameters]:
    """The parameters of a policy; what neither has a default nor is given is left out.

    Args:
        schema: the policy's; `None` where it has none.
        initial: the values that the policy pack gives it.
    """
    if schema is None and not initial:
        return NoParameters
    properties = (
        {name: {} for name in initial}
        if schema is None
        else json_format.MessageToDict(schema.properties)
    )
    fields: dict[str, Any] = {
        _named(number, name): _field(name, about, initial)
        for number, (name, about) in enumerate(sorted(properties.items()))
    }
    base = AnyParameters if schema is None else Parameters
    make: Callable[..., type[Parameters]] = create_model
    return make("StockParameters", __base__=base, **fields)


def _named(number: int, name: str) -> str:
    """What a field is called: any text may be a name in JSON, and not all in a model."""
    usable = name.isidentifier() and not name.startswith("_") and not hasattr(Parameters, name)
    return name if usable and not name.startswith("model_") else f"parameter_{number}"


def _field(name: str, about: Any, initial: Mapping[str, Any]) -> tuple[Any, Any]:
    about = about if isinstance(about, dict) else {}
    default = initial.get(name, about.get("default"))
    if about.get("type") == "integer" and isinstance(default, float):
        default = int(default)  # a protobuf knows one kind of number
    said = about.get("description") or about.get("title") or "See the policy's description."
    return _type(about) | None, Field(default, alias=name, description=str(said))


def _type(about: Mapping[str, Any]) -> Any:
    """The type of what a JSON Schema describes, as far as it is a plain one."""
    if about.get("enum"):
        return Literal[tuple(about["enum"])]
    kind = about.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        found = None
        for each in kind:
            one = _type({**about, "type": each})
            found = one if found is None else found | one
        return found
    limits = {ours: about[theirs] for theirs, ours in _LIMITS.items() if theirs in about}
    if kind == "array":
        items = about.get("items")
        listed: Any = GenericAlias(list, (_type(items) if isinstance(items, dict) else Any,))
        return Annotated[listed, Field(**limits)] if limits else listed
    plain = _TYPES.get(str(kind), Any)
    return Annotated[plain, Field(**limits)] if limits and plain is not Any else plain
