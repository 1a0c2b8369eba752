"""What the engine is told about the rules, for whoever lists, reads and configures them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2
from pydantic import BaseModel, Field

from apex_guardrails.analyzer.info import analyzer_info
from apex_guardrails.analyzer.service import Analyzer
from apex_guardrails.model import EnforcedRule, EnforcementLevel, NoParameters, Parameters, Rule
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import SETTINGS_VARIABLE

RULES = list(known_rules())


@pytest.fixture
def policies(tmp_path: Path) -> dict[str, analyzer_pb2.PolicyInfo]:
    settings = tmp_path / "settings.yaml"
    settings.write_text('reports: {rule_pages: "https://guide.example/{rule}.html"}\n')
    analyzer = Analyzer(RULES, {SETTINGS_VARIABLE: str(settings)})
    analyzer.configure_stack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p"))
    return {item.name: item for item in analyzer.get_analyzer_info(empty_pb2.Empty()).policies}


def schema_of(policy: analyzer_pb2.PolicyInfo) -> dict[str, Any]:
    found: dict[str, Any] = MessageToDict(policy.configSchema)
    return {"type": "object", **found}


def test_a_rule_has_its_page_its_control_and_its_fix(
    policies: dict[str, analyzer_pb2.PolicyInfo],
) -> None:
    told = policies["sql-no-public-ip"]

    assert told.url == "https://guide.example/sql-no-public-ip.html"
    assert (told.framework.version, told.framework.reference) == ("5.0.0", "6.7")
    assert told.framework.specification
    assert "ipv4" in told.remediation_steps


def test_what_the_pack_is_stands_in_its_readme() -> None:
    info = Analyzer(RULES, {}).get_analyzer_info(empty_pb2.Empty())
    assert "policy-pack.yaml" in info.readme
    assert info.provider == "gcp"


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.parameters is not NoParameters], ids=lambda it: it.id
)
def test_the_schema_takes_a_rules_defaults_and_does_not_set_them(
    rule: Rule, policies: dict[str, analyzer_pb2.PolicyInfo]
) -> None:
    """The engine sends a default as if it had been configured: settings would not count."""
    schema = schema_of(policies[rule.id])
    defaults = rule.parameters().model_dump(mode="json", exclude_none=True)

    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["properties"].keys() == rule.parameters.model_fields.keys()
    assert not any("default" in told for told in schema["properties"].values())
    # One that is empty need not be one that may be given.
    jsonschema.validate({key: value for key, value in defaults.items() if value}, schema)


def test_a_rule_without_parameters_has_no_schema(
    policies: dict[str, analyzer_pb2.PolicyInfo],
) -> None:
    assert not policies["sql-no-public-ip"].HasField("configSchema")


class Nested(Parameters):
    """Parameters that refer to themselves, as a team's own rule may have them."""

    inner: Nested | None = None


class Called(Parameters):
    """Parameters that no schema can say."""

    by: Callable[[], None] | None = None


class Group(BaseModel):
    """Some words."""

    words: tuple[str, ...] = ()


class Grouped(Parameters):
    """Parameters with members of their own."""

    group: Group = Field(Group(), description="What is looked for.")
    title: str = ""


def rule_with(parameters: type[Parameters]) -> EnforcedRule:
    level = EnforcementLevel.ADVISORY
    return EnforcedRule(replace(RULES[0], parameters=parameters), level, level, parameters())


@pytest.mark.parametrize("parameters", [Nested, Called])
def test_parameters_without_a_schema_are_for_settings_alone(parameters: type[Parameters]) -> None:
    [told] = analyzer_info([rule_with(parameters)], None).policies
    assert not told.HasField("configSchema")


def test_what_a_schema_refers_to_stands_in_its_place() -> None:
    [told] = analyzer_info([rule_with(Grouped)], None).policies
    properties = MessageToDict(told.configSchema)["properties"]
    assert properties["title"]["type"] == "string"
    assert properties["group"]["description"] == "What is looked for."
    assert properties["group"]["properties"]["words"]["items"] == {"type": "string"}
