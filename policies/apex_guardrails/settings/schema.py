"""The files that stand beside a program as JSON Schemas, for editors and other tools.

`policy-pack.yaml` with every rule and parameter, and the record in `policy-baseline.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apex_guardrails.controls import frameworks
from apex_guardrails.model import NoParameters, Rule
from apex_guardrails.settings.baseline import BASELINE_FILE, BaselineContent
from apex_guardrails.settings.policy_pack import CHECKOV_RULE, PolicyPackSettings
from apex_guardrails.settings.profiles import FrameworkLevel, profile_names

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(rules: Iterable[Rule]) -> dict[str, Any]:
    """The schema of a settings file for a pack with these rules."""
    rules = list(rules)
    schema = PolicyPackSettings.model_json_schema()
    definitions = schema["$defs"]
    del definitions["RuleSettings"], definitions["Extended"], definitions["FrameworkLevel"]
    by_rule: dict[str, Any] = {
        "description": "By rule: a level, or level, undecided, remediate and parameters.",
        "type": "object",
        "additionalProperties": False,
        "properties": {rule.id: _rule(rule, definitions) for rule in rules},
    }
    by_service = {
        "description": "By service: the level of its rules.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            service: {"$ref": "#/$defs/EnforcementLevel"}
            for service in sorted({rule.service for rule in rules})
        },
    }
    for scope in (schema, definitions["Scope"]):
        scope["properties"] |= {
            "rules": {"$ref": "#/$defs/Rules"},
            "services": {"$ref": "#/$defs/Services"},
            "extends": {
                "description": scope["properties"]["extends"]["description"],
                "anyOf": [
                    {"type": "array", "items": {"$ref": "#/$defs/Profile"}},
                    {"$ref": "#/$defs/Profile"},
                ],
            },
            "checkov": {
                "description": scope["properties"]["checkov"]["description"],
                "oneOf": [
                    {"$ref": "#/$defs/CheckovLevel"},
                    {"$ref": "#/$defs/CheckovSettings"},
                ],
            },
        }
    definitions |= {"Rules": by_rule, "Services": by_service, "Profile": _profile()}
    definitions["Waiver"]["properties"]["policy"]["anyOf"] = [
        {"enum": [rule.id for rule in rules]},
        {"pattern": f"^{CHECKOV_RULE.pattern}$"},
    ]
    return {
        "$schema": DIALECT,
        **schema,
        "title": "policy-pack.yaml",
        "$defs": dict(sorted(definitions.items())),
    }


def baseline_schema() -> dict[str, Any]:
    """The schema of a record of what was wrong already."""
    return {"$schema": DIALECT, **BaselineContent.model_json_schema(), "title": BASELINE_FILE}


def _profile() -> dict[str, Any]:
    return {
        "description": "A profile that a file builds on.",
        "anyOf": [
            {"enum": profile_names()},
            {"type": "string", "description": "A file, or what an installed package brings."},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": {name: {"enum": list(FrameworkLevel)} for name in frameworks()},
            },
        ],
    }


def _rule(rule: Rule, definitions: dict[str, Any]) -> dict[str, Any]:
    level = {"$ref": "#/$defs/EnforcementLevel"}
    properties: dict[str, Any] = {"level": level, "undecided": level}
    if rule.is_remediable:
        properties["remediate"] = {"type": "boolean"}
    if rule.parameters is not NoParameters:
        parameters = rule.parameters.model_json_schema()
        definitions |= parameters.pop("$defs", {})
        properties["parameters"] = {
            "type": "object",
            "additionalProperties": False,
            "properties": parameters.get("properties", {}),
        }
    return {
        "description": f"{rule.title}. Severity {rule.severity}, {rule.by_default} by default.",
        "oneOf": [
            level,
            {"type": "object", "additionalProperties": False, "properties": properties},
        ],
    }
