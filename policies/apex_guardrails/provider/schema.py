"""The provider's resource types, read from `schema.jsonl` one type at a time.

Source: read out of the Google Cloud provider 9.38.0 (Terraform google-beta 7.45) on 2026-11-23, and
completed from the argument classes of pulumi-gcp 10.2.0 at every level on 2026-11-30. One line per
type, sorted by nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, TypedDict

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import ResourceType
from apex_guardrails.provider.versions import current_token

SCHEMA_FILE: Final = Path(__file__).with_name("schema.jsonl")


class Field(TypedDict, total=False):
    """One input or output of a resource type, by its Pulumi name.

    Attributes:
        type: string, number, bool, object, list or map; absent where it is not known.
        required: a program must give it.
        computed: optional, and Google fills it in.
        output: never an input.
        default: what the provider's check fills in.
        pulumiDefault: the same, where Pulumi's provider adds it.
        sensitive: holds a credential.
        forceNew: a change replaces the resource.
        autoname: Pulumi makes a name from the resource's own.
        conflicts: Terraform names of inputs that may not be given with it.
        new: the first SDK version with this input, of which nothing else is known.
        removed: the SDK version that dropped it.
        since: the first major version whose provider fills the default in, after 7.
        fields: what an object, or each element of a list, holds.
    """

    type: str
    required: bool
    computed: bool
    output: bool
    default: Any
    pulumiDefault: Any
    sensitive: bool
    forceNew: bool
    autoname: bool
    conflicts: list[str]
    deprecated: str
    new: str
    removed: str
    since: int
    fields: dict[str, Field]


@dataclass(frozen=True)
class TypeSchema:
    """The inputs and outputs of one resource type."""

    token: str
    fields: Mapping[str, Field]

    @cached_property
    def resource_type(self) -> ResourceType:
        """What rules need to know of the type."""
        defaults = "effectiveLabels" in self.fields or "effectiveLabels" in self._metadata
        return ResourceType(
            self.token,
            sensitive=tuple(_sensitive(self.fields, "")),
            hidden=tuple(_hidden(self.fields, "")),
            maps=frozenset(_maps(self.fields)),
            labels=self._labels(defaults),
            default_labels=defaults,
            locations=tuple(self._locations()),
        )

    @property
    def _metadata(self) -> Mapping[str, Field]:
        """Where the types of Cloud Run's first API, which are Knative's, have their labels."""
        metadata = self.fields.get("metadata")
        return (metadata.get("fields") or {}) if metadata else {}

    def _locations(self) -> Iterator[str]:
        for name in ("location", "region", "zone"):
            if name in self.fields and not self.fields[name].get("output"):
                yield name

    def _labels(self, defaults: bool) -> str | None:  # noqa: FBT001 one private caller
        if self.token == SQL_DATABASE_INSTANCE:
            return "settings.userLabels"
        if "effectiveLabels" in self._metadata:
            return "metadata.labels"
        if "userLabels" in self.fields:
            return "userLabels"
        # An input `labels` is one of Google Cloud's only where the provider merges its own into it:
        # a notification channel's, say, holds the mail address.
        names = ("labels", "resourceLabels") if defaults else ()
        return next((name for name in names if name in self.fields), None)


_HIDDEN: Final = frozenset(
    {
        # Public by nature, or the content of a file: a private key among it has a known form.
        *("caCertificate", "certificate", "certificatePem", "clientCertificate", "pemCertificate"),
        *("sslCertificate", "publicKeys[].value", "content", "parameterData", "text"),
        # Who, where, and under which name.
        *("accessKeyId", "clientId", "tenantId", "refreshUri", "secretManagerStoredClientKey"),
    }
)
"""Inputs that the provider keeps out of its logs although they are no credentials."""

_CALLED: Final = frozenset(
    {
        *("password", "adminPassword", "tdeWalletPassword", "keyStorePassword"),
        *("trustStorePassword", "sslKeyPassword", "clientSecret", "secretAccessKey"),
        *("securityToken", "refreshToken", "huggingFaceAccessToken"),
    }
)
"""Names of inputs that are credentials although the provider does not mark every one of them."""


def _sensitive(fields: Mapping[str, Field], prefix: str) -> Iterator[str]:
    """The paths of credentials: those marked or called so, and their write-only twins."""
    for name, field in fields.items():
        if field.get("output"):
            continue
        path = f"{prefix}{name}"
        twin = fields.get(name.removesuffix("Wo")) if name.endswith("Wo") else None
        inner = field.get("fields")
        if inner:
            below = f"{path}[]." if field.get("type") == "list" else f"{path}."
            marked = list(_sensitive(inner, below))
            if field.get("sensitive") and not marked:
                # Where only a whole object is marked, names say which members are meant.
                marked = [f"{below}{member}" for member in inner if member.endswith("Key")]
            yield from marked
        elif not _HIDDEN.intersection((name, path)) and (
            field.get("sensitive") or name in _CALLED or (twin and twin.get("sensitive"))
        ):
            yield path


_SHOWN: Final = frozenset({"content", "parameterData", "text"})
"""Hidden inputs that whoever may read the resource reads."""


def _hidden(fields: Mapping[str, Field], prefix: str) -> Iterator[str]:
    """The paths of inputs that the provider hides, and that hold no credential."""
    for name, field in fields.items():
        path = f"{prefix}{name}"
        if field.get("sensitive") and name not in _SHOWN and _HIDDEN.intersection((name, path)):
            yield path
        if inner := field.get("fields"):
            yield from _hidden(inner, f"{path}[]." if field.get("type") == "list" else f"{path}.")


def _maps(fields: Mapping[str, Field]) -> Iterator[str]:
    """The names of inputs whose members the program names."""
    for name, field in fields.items():
        if field.get("type") == "map":
            yield name
        if inner := field.get("fields"):
            yield from _maps(inner)


@cache
def _lines() -> Mapping[str, bytes]:
    """The line of each type; to take only what is asked for out of JSON is far faster."""
    start = len('{"token":"')
    return {
        line[start : line.index(b'"', start)].decode(): line
        for line in SCHEMA_FILE.read_bytes().splitlines()
    }


@cache
def has_input(name: str) -> bool:
    """Whether any type of the provider has an input of that name, at whatever depth."""
    return f'"{name}":'.encode() in _content()


@cache
def _content() -> bytes:
    return SCHEMA_FILE.read_bytes()


@cache
def type_schema(token: str) -> TypeSchema | None:
    """The schema of a type token; `None` for a type the provider does not have."""
    today = current_token(token)
    line = _lines().get(today)
    return None if line is None else TypeSchema(today, json.loads(line)["fields"])


def tokens() -> Iterable[str]:
    """The token of every resource type of the provider."""
    return _lines()


@cache
def resource_type(token: str) -> ResourceType:
    """What rules need to know of a type; little for one that the provider does not have."""
    schema = type_schema(token)
    return schema.resource_type if schema else ResourceType(token)
