"""What Terraform calls a type and its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from apex_guardrails.checkov.terraform import NAMES_FILE, FieldName, terraform_type
from apex_guardrails.provider import type_schema
from apex_guardrails.provider.schema import Field

LINES = [json.loads(line) for line in NAMES_FILE.read_text("utf-8").splitlines()]


def test_a_type_is_found_by_its_token() -> None:
    found = terraform_type("gcp:storage/bucket:Bucket")
    assert found is not None
    assert found.name == "google_storage_bucket"
    assert terraform_type("gcp:storage/bucket") is None


def _strangers(
    fields: Mapping[str, FieldName], known: Mapping[str, Field], path: str
) -> Iterator[str]:
    for name, field in fields.items():
        if known and name not in known:
            yield f"{path}.{name}"
        below = known.get(name, Field()).get("fields", {}) if known else {}
        yield from _strangers(field.get("fields", {}), below, f"{path}.{name}")


def test_every_field_is_one_of_the_provider() -> None:
    strangers: list[str] = []
    for line in LINES:
        schema = type_schema(line["token"])
        assert schema is not None, line["token"]
        strangers += _strangers(line.get("fields", {}), schema.fields, line["type"])
    assert strangers == []


def test_each_type_stands_there_once() -> None:
    assert len({line["token"] for line in LINES}) == len(LINES)
    assert len({line["type"] for line in LINES}) == len(LINES)
