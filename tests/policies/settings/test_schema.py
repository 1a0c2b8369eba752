"""The JSON Schema says what the settings file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_FILE, json_schema
from apex_guardrails.support.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "policies/apex_guardrails/settings/policy-pack.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema(all_rules())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_shipped_one_is_up_to_date() -> None:
    assert json.loads(SHIPPED.read_text("utf-8")) == json_schema(all_rules()), (
        "run `make generated`"
    )


def test_this_repository_s_file_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(read_yaml(ROOT / SETTINGS_FILE)[0])


WAIVER = {"policy": "sql-no-public-ip", "resource": "db", "reason": "r", "owner": "o"}


@pytest.mark.parametrize(
    ("content", "is_valid"),
    [
        ({}, True),
        ({"rules": {"sql-no-public-ip": "advisory"}}, True),
        ({"rules": {"sql-no-public-ip": "advise"}}, False),
        ({"rules": {"sql-no-public-p": "advisory"}}, False),
        ({"rules": {"labels-required-keys": {"parameters": {"keys": ["a"]}}}}, True),
        ({"rules": {"labels-required-keys": {"parameters": {"key": ["a"]}}}}, False),
        ({"rules": {"labels-required-keys": {"parameters": {"keys": 1}}}}, False),
        ({"rules": {"sql-no-public-ip": {"parameters": {}}}}, False),
        ({"services": {"sql": "mandatory"}, "severities": {"low": "disabled"}}, True),
        ({"services": {"sqll": "mandatory"}}, False),
        ({"stacks": {"prod*": {"services": {"sql": "mandatory"}}}}, True),
        ({"stacks": {"prod*": {"service": {}}}}, False),
        ({"waivers": [WAIVER]}, False),
        ({"waivers": [WAIVER | {"expires": "2027-01-31"}]}, True),
        ({"waivers": [WAIVER | {"expires": "2027-01-31", "policy": "sql"}]}, False),
        ({"cost": {"prices": "own"}}, True),
        ({"cost": {"prices": {"path": "own", "max_age": 30}}}, True),
        ({"cost": {"prices": {"paths": "own"}}}, False),
        ({"cost": {"prices": 3}}, False),
        ({"waivers": [WAIVER | {"expires": "2027-01-31", "policy": "checkov:CKV_GCP_6"}]}, True),
        ({"waivers": [WAIVER | {"expires": "2027-01-31", "policy": "CKV_GCP_6"}]}, False),
        ({"checkov": "off"}, True),
        ({"checkov": "disabled"}, False),
        ({"stacks": {"prod*": {"checkov": {"level": "mandatory", "skip": ["CKV2_*"]}}}}, True),
        ({"checkov": {"skip": ["sql"]}}, False),
        ({"version": 2}, False),
    ],
    ids=str,
)
def test_what_is_valid(
    validator: jsonschema.Draft202012Validator, content: dict[str, Any], *, is_valid: bool
) -> None:
    assert validator.is_valid(content) is is_valid
