"""What the engine, and whoever configures a policy group, is told about the pack and its rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from pulumi.runtime.proto import analyzer_pb2
from pydantic.errors import PydanticInvalidForJsonSchema

from apex_guardrails.analyzer.messages import level
from apex_guardrails.controls import controls, frameworks
from apex_guardrails.model import EnforcedRule, Parameters, Rule
from apex_guardrails.pack.about import beside, pack_info
from apex_guardrails.protocol import SEVERITIES

_SCOPES: Final = {
    "resource": analyzer_pb2.POLICY_TYPE_RESOURCE,
    "stack": analyzer_pb2.POLICY_TYPE_STACK,
}

_BENCHMARKS: Final = ("cis-gcp-", "cis-gke-")

_LEFT_OUT: Final = frozenset(
    {
        # The engine gives it back as if somebody had set it, and what settings say would be lost
        # (3.259: `createConfigWithDefaults`).
        "default",
        # The engine would read it as Go writes regular expressions; values are checked here anyway.
        "pattern",
        "title",
    }
)


def analyzer_info(rules: Iterable[EnforcedRule], pages: str | None) -> analyzer_pb2.AnalyzerInfo:
    """The pack and its rules.

    Args:
        rules: each at the level that settings give it.
        pages: where each `{rule}` has its page, if it has one.
    """
    about = pack_info()
    return analyzer_pb2.AnalyzerInfo(
        name=about["name"],
        displayName="Apex Guardrails",
        version=about["version"],
        description=about["description"],
        readme=beside("README.md"),
        provider="gcp",
        tags=["security", "compliance", "cost"],
        supportsConfig=True,
        policies=[_policy_info(enforced, pages) for enforced in rules],
    )


def _policy_info(enforced: EnforcedRule, pages: str | None) -> analyzer_pb2.PolicyInfo:
    rule = enforced.rule
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=rule.title,
        message=rule.why,
        enforcementLevel=level(enforced),
        configSchema=_config_schema(rule.parameters),
        policy_type=_SCOPES[rule.scope],
        severity=SEVERITIES[rule.severity],
        framework=_framework(rule),
        tags=[rule.service, *rule.controls],
        remediation_steps=rule.fix,
        url=pages.replace("{rule}", quote(rule.id)) if pages else "",
    )


def _framework(rule: Rule) -> analyzer_pb2.PolicyComplianceFramework | None:
    """The one control that there is room for: of the newest benchmark of Google Cloud, if any."""
    known = controls()
    named = [known[name] for name in rule.controls if name in known]
    benchmarks = [control for control in named if control.framework.startswith(_BENCHMARKS)]
    if not named:
        return None
    control = benchmarks[-1] if benchmarks else named[0]
    framework = frameworks()[control.framework]
    return analyzer_pb2.PolicyComplianceFramework(
        name=framework.name,
        version=framework.version,
        reference=control.number,
        specification=control.title,
    )


@cache
def _config_schema(parameters: type[Parameters]) -> analyzer_pb2.PolicyConfigSchema | None:
    """What may be configured of rules with such parameters; `None` where nothing may.

    What has no such schema, as a team's own rules may, is configured in policy-pack.yaml alone.
    """
    if not parameters.model_fields:
        return None
    try:
        schema = parameters.model_json_schema()
        found = _plain(schema, schema.get("$defs", {}))
    except (PydanticInvalidForJsonSchema, RecursionError):
        return None
    message = analyzer_pb2.PolicyConfigSchema()
    message.properties.update(found["properties"])
    return message


def _plain(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema without what the engine cannot use, and with what it refers to in place.

    Raises:
        RecursionError: it refers to itself.
    """
    if isinstance(schema, list):
        return [_plain(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if reference := schema.get("$ref"):
        beside_it = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**definitions[reference.rpartition("/")[2]], **beside_it}, definitions)
    return {
        key: {name: _plain(each, definitions) for name, each in value.items()}
        if key == "properties"
        else _plain(value, definitions)
        for key, value in schema.items()
        if key not in _LEFT_OUT and key != "$defs"
    }
