"""The inputs that a type has by the types of the Pulumi SDK for Google Cloud."""

from __future__ import annotations

import collections.abc
import sys
import types
import typing
from importlib import import_module
from typing import Any

from pulumi import _types

from apex_guardrails.model.value import Step, parse_path


def has_input(token: str, path: str) -> bool:
    """Whether the SDK knows the input at a path of a resource type.

    Raises:
        AttributeError: the SDK does not have the type, or hides its inputs.
    """
    _, module, name = token.split(":")
    resource = getattr(import_module(f"pulumi_gcp.{module.partition('/')[0]}"), name)
    content = sys.modules[resource.__module__]
    # Where a nested type has the name, the SDK calls the resource's own inputs InitArgs.
    arguments = getattr(content, f"{name}InitArgs", None) or getattr(content, f"{name}Args")
    if arguments.__module__ != resource.__module__:
        raise AttributeError(f"{name}Args")
    return _has(arguments, parse_path(path.replace("[]", "[0]")))


def _has(annotation: Any, steps: tuple[Step, ...]) -> bool:
    annotation = _unwrapped(annotation)
    if not steps:
        return True
    step, *rest = steps
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        types = _types.input_type_types(annotation)
        return step in types and _has(types[str(step)], tuple(rest))
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (collections.abc.Sequence, list) and isinstance(step, int):
        return _has(arguments[0], tuple(rest))
    # A map has whatever keys a program gives it.
    return origin in (collections.abc.Mapping, dict) and isinstance(step, str) and not rest


def _unwrapped(annotation: Any) -> Any:
    """The one type in `Input[Optional[...]]` that says what is inside."""
    annotation = _types.unwrap_type(annotation)
    if isinstance(annotation, type):
        return annotation
    members = [item for item in typing.get_args(annotation) if not _is_output_or_awaitable(item)]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        # Of a class and a typed dictionary with the same keys, the class.
        classes = [item for item in members if isinstance(item, type) and item is not type(None)]
        inputs = [item for item in classes if _types.is_input_type(item)]
        generic = [item for item in members if typing.get_origin(item)]
        chosen = inputs or generic or classes
        return _unwrapped(chosen[0]) if chosen else annotation
    return annotation


def _is_output_or_awaitable(annotation: Any) -> bool:
    name = getattr(typing.get_origin(annotation) or annotation, "__name__", "")
    return name in ("Output", "Awaitable", "NoneType")
