"""What Terraform calls the resource types and fields that Pulumi programs use, and back.

Source: the metadata of the Google Cloud provider's bridge to Terraform, 2026-08. `terraform.jsonl`
has one line for each type, and of its fields those alone that are not called and built alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypedDict

NAMES_FILE: Final = Path(__file__).with_name("terraform.jsonl")


FieldName = TypedDict(
    "FieldName", {"as": str, "one": bool, "fields": "Mapping[str, FieldName]"}, total=False
)
"""How a field differs from its Pulumi name in snake case, and from its Pulumi form.

`as` is its own name, where Pulumi makes a plural of it; `one` says that what is a single value in
Pulumi is a list of one in Terraform; `fields` has the fields below that differ.
"""


@dataclass(frozen=True)
class TerraformType:
    """One resource type in Terraform's words."""

    name: str
    fields: Mapping[str, FieldName]


@cache
def _text() -> bytes:
    return NAMES_FILE.read_bytes()


@cache
def terraform_type(token: str) -> TerraformType | None:
    """What Terraform calls a type token; `None` for one that it does not have."""
    start = _text().find(b'{"token":"%s",' % token.encode())
    if start < 0:
        return None
    line = json.loads(_text()[start : _text().index(b"\n", start)])
    return TerraformType(line["type"], line.get("fields", {}))


@cache
def token_of(kind: str) -> str | None:
    """The type token of what Terraform calls a type; `None` for one that Pulumi does not have."""
    end = _text().find(b'","type":"%s"' % kind.encode(errors="surrogatepass"))
    if end < 0:
        return None
    start = _text().rindex(b'{"token":"', 0, end) + len(b'{"token":"')
    return _text()[start:end].decode()
