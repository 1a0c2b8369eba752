"""How a key of the configuration is declared: once, with all that anybody says of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.fields import FieldInfo

Environment = Literal["dev", "staging", "production"]


class ConfigSection(BaseModel):
    """What one part of the system is configured by: keys, and sections of its own parts.

    Without a value, a key has its default, which is validated as any other value. Some validators
    look at other sections' keys: what the whole configuration has, as texts by key, is their
    context. A section that is made by itself has none.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        arbitrary_types_allowed=True,
        extra="forbid",
        frozen=True,
        validate_by_alias=True,
        validate_by_name=True,
        validate_default=True,
    )


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of the configuration."""

    name: str
    """As it is written on Pulumi's command line."""
    type: Literal["boolean", "integer", "string"]
    about: str
    """What it is for: its description in Pulumi.yaml, where there is one."""
    expected: str
    """What a valid value is, as the end of "expected ..."."""
    example: str | None
    """A valid value; None for a secret."""
    default: str | int | bool | None
    """None where it has to be set."""

    @property
    def is_secret(self) -> bool:
        """Whether its value must be encrypted."""
        return self.example is None

    @property
    def is_declared(self) -> bool:
        """Whether it is the project's own: `stack` is Pulumi's, and `gcp:...` the provider's."""
        return self.is_secret or self.default is not None


def key(
    name: str,
    about: str,
    *,
    expected: str,
    example: str | None = None,
    default: str | int | bool | None = None,
    **constraints: Any,
) -> Any:
    """Declares a field of a section as a key of the configuration.

    Args:
        name: The key, as it is written on Pulumi's command line.
        about: What it is for, in a sentence or two.
        expected: What a valid value is: a message about one that is not ends with it.
        example: A valid value, for the command that the message proposes; none for a secret.
        default: What it is where a stack says nothing; None where the stack must say it.
        constraints: Pydantic's, such as `pattern` or `ge`.
    """
    return Field(
        ... if default is None else default,
        alias=name,
        title=about,
        description=expected,
        examples=None if example is None else [example],
        **constraints,
    )


def keys_of(section: type[ConfigSection], *, inner: bool = True) -> Iterator[Key]:
    """Yields the keys of a section in their order, and those of the sections in it, if asked to."""
    for field in section.model_fields.values():
        part = section_of(field)
        if part is None:
            yield _key(field)
        elif inner:
            yield from keys_of(part)


def nested(section: type[ConfigSection], texts: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a section is made from: the values of its keys, those of its parts in theirs."""
    values: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        inner = section_of(field)
        if inner:
            values[name] = nested(inner, texts)
        elif str(field.alias) in texts:
            values[str(field.alias)] = texts[str(field.alias)]
    return values


def section_of(field: FieldInfo) -> type[ConfigSection] | None:
    """Returns the section that a field is; None for a key."""
    found = field.annotation
    return found if isinstance(found, type) and issubclass(found, ConfigSection) else None


def given(info: ValidationInfo, name: str) -> str | None:
    """Returns what the whole configuration has for a key; None where a section is by itself."""
    return (info.context or {}).get(name)


def environment_of(stack: str | None) -> Environment | None:
    """Returns the environment of a stack, `dev` of `dev-blue`, too; None where it has none."""
    head = re.match(r"([a-z]+)(-[a-z0-9]+)?$", stack or "", re.ASCII)
    return next((it for it in get_args(Environment) if head and it == head[1]), None)


def _key(field: FieldInfo) -> Key:
    types: Mapping[Any, Literal["boolean", "integer"]] = {bool: "boolean", int: "integer"}
    return Key(
        name=str(field.alias),
        type=types.get(field.annotation, "string"),
        about=str(field.title),
        expected=str(field.description),
        example=None
        if field.annotation == pulumi.Output[str]
        else str((field.examples or [""])[0]),
        default=None if field.is_required() else field.default,
    )
