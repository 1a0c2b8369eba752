"""The provider's check: inputs in, the same inputs with names and defaults filled in out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from apex_guardrails.provider.schema import Field
from apex_guardrails.support.names import snake_case
from tests.engine.provider.values import Properties, is_object, secret

Fields = Mapping[str, Field]


class Failure(NamedTuple):
    """What the program did wrong, and where (`settings.tier`)."""

    path: str
    reason: str


def check(fields: Fields, news: Properties, olds: Properties, name: str, seed: bytes) -> Properties:
    """Fill in what the program left out: the resource's name, which it then keeps, and defaults."""
    filled = with_defaults(fields, news)
    for key, field in fields.items():
        if field.get("autoname") and key not in filled:
            filled[key] = olds.get(key) or f"{name}-{hashlib.sha256(seed).hexdigest()[:7]}"
    return filled


def is_autoname(name: Any, resource: str) -> bool:
    return isinstance(name, str) and bool(
        re.fullmatch(f"{re.escape(resource)}-[0-9a-f]{{7}}", name)
    )


def with_defaults(fields: Fields, given: Properties, depth: int = 0) -> Properties:
    filled = {
        key: inside(fields[key], value, depth) if key in fields else value
        for key, value in given.items()
        if value is not None
    }
    for key, field in fields.items():
        default = field.get("default", field.get("pulumiDefault"))
        if key in filled or default is None or field.get("output"):
            continue
        if not any(other in filled for other in excluded(field, fields, depth)):
            filled[key] = default
    return filled


def inside(field: Field, value: Any, depth: int) -> Any:
    nested = field.get("fields", {})
    if nested and is_object(value):
        return with_defaults(nested, value, depth + 1)
    if nested and isinstance(value, list):
        return [inside(field, element, depth) for element in value]
    return value


def with_secrets(fields: Fields, properties: Properties) -> Properties:
    """Mark as secret what the schema calls sensitive, whatever the program says of it."""
    return {
        key: marked(fields[key], value) if key in fields else value
        for key, value in properties.items()
    }


def marked(field: Field, value: Any) -> Any:
    nested = field.get("fields", {})
    if field.get("sensitive"):
        return secret(value)
    if nested and is_object(value):
        return with_secrets(nested, value)
    if nested and isinstance(value, list):
        return [marked(field, element) for element in value]
    return value


def failures(fields: Fields, given: Properties, path: str = "") -> Iterator[Failure]:
    """What the provider refuses: a property missing, excluded by another, or not to be set.

    Below the top level the SDK may know properties that this version of the schema does not.
    """
    for key in given:
        if key in fields:
            yield from refused(fields, given, key, path)
        elif not path:
            yield Failure(key, f"{key} is no property of this resource")
    for key, field in fields.items():
        filled_in = field.get("autoname") or "default" in field
        if field.get("required") and not filled_in and given.get(key) is None:
            yield Failure(path + key, f"Missing required property '{path}{key}'")


def refused(fields: Fields, given: Properties, key: str, path: str) -> Iterator[Failure]:
    field, value = fields[key], given[key]
    if field.get("output"):
        yield Failure(path + key, f"{path}{key} cannot be set: it is an output")
    for other in excluded(field, fields, path.count(".")):
        if given.get(other) is not None:
            yield Failure(path + key, f"{path}{key} conflicts with {path}{other}")
    nested = field.get("fields", {})
    for element in filter(is_object, value if isinstance(value, list) else [value]):
        if nested:
            yield from failures(nested, element, f"{path}{key}.")


def excluded(field: Field, siblings: Fields, depth: int) -> list[str]:
    """The siblings that may not be set together with this field.

    The schema names them by Terraform's absolute paths, `settings.0.tier`.
    """
    names = {
        path.rpartition(".")[2]
        for path in field.get("conflicts", ())
        if path.count(".") == 2 * depth
    }
    return [key for key in siblings if snake_case(key) in names]
