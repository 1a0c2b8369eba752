"""The Pulumi names of what Terraform calls its types and fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from apex_guardrails.checkov.terraform import FieldName, terraform_type, token_of
from apex_guardrails.checkov.values import terraform_name
from apex_guardrails.provider import Field, type_schema
from apex_guardrails.support.names import camel_case

_NOT_IN_TOKENS: Final = re.compile(r"[^A-Za-z0-9_-]")
_WHOLE_NAME: Final = frozenset({"random"})
"""Providers whose own name is a part of their types' names in Pulumi, too: `RandomPassword`."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field in Pulumi's words.

    Attributes:
        name: what Pulumi calls it.
        is_single: whether Pulumi has one value where Terraform has a list of one.
        field: what the provider's schema says of it; empty where that does not know it.
        members: the fields below, by their Terraform names.
    """

    name: str
    is_single: bool
    field: Field
    members: Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type in Pulumi's words.

    Attributes:
        token: the type's.
        members: its fields, by their Terraform names.
        is_known: whether it is one of the Google provider's.
    """

    token: str
    members: Mapping[str, Member]
    is_known: bool = True


@cache
def kind_of(name: str, provider: str) -> Kind:
    """A Terraform type in Pulumi's words.

    Args:
        name: such as `google_sql_user`.
        provider: the last part of the provider's name, such as `google`.
    """
    token = token_of(name)
    if token is None:
        return Kind(_other_token(name, provider), {}, is_known=False)
    known, schema = terraform_type(token), type_schema(token)
    return Kind(token, _members(known.fields if known else {}, schema.fields if schema else {}))


def _members(names: Mapping[str, FieldName], fields: Mapping[str, Field]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for name in (*fields, *(name for name in names if name not in fields)):
        entry, field = names.get(name, FieldName()), fields.get(name, Field())
        inner = field.get("fields", {})
        is_single = entry.get("one", False) or (field.get("type") == "object" and bool(inner))
        found[terraform_name(name, entry)] = Member(
            name, is_single, field, _members(entry.get("fields", {}), inner)
        )
    return found


def member_of(name: str, members: Mapping[str, Member]) -> Member:
    """A field in Pulumi's words, also one that nothing here knows."""
    return members.get(name) or Member(camel_case(name), is_single=False, field={}, members={})


def _other_token(name: str, provider: str) -> str:
    """The token of a type of another provider, in the form of Pulumi's."""
    package = _NOT_IN_TOKENS.sub("_", provider) or "terraform"
    package = "gcp" if package in ("google", "google-beta") else package
    own = name if package in _WHOLE_NAME else name.partition("_")[2] or name
    called = camel_case(_NOT_IN_TOKENS.sub("_", own))
    return f"{package}:index/{called}:{called[:1].upper()}{called[1:]}"
