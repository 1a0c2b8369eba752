"""Every case goes the same way when its resources come as the engine's messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from apex_guardrails.analyzer.service import Analyzer
from apex_guardrails.model import Outcome, Rule
from apex_guardrails.model.case import SECRET_CONFIG, Case
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_VARIABLE
from apex_guardrails.testing import build, run_case
from apex_guardrails.wire import WireMapping, write_struct
from tests.policies.analyzer.serving import serving

# The rules are covered by their cases in test_rules.py.
pytestmark = pytest.mark.no_cover

RULES = [pytest.param(rule, id=rule.id) for rule in all_rules()]
# What a stack costs and may cost comes from settings and prices: test_analyzer.py has those.
OF_RESOURCES = [
    pytest.param(rule, id=rule.id)
    for rule in all_rules()
    if not any(case.spending for case in rule.cases)
]
STACK = "pulumi:pulumi:Stack"


def _over_the_wire(inputs: Mapping[str, Any]) -> WireMapping:
    return WireMapping(struct_pb2.Struct.FromString(write_struct(inputs).SerializeToString()))


@pytest.mark.parametrize("rule", RULES)
def test_the_values_of_a_message_are_the_case_s(rule: Rule) -> None:
    for number, case in enumerate(rule.cases, start=1):
        stack = build(rule, case)
        for resource in stack:
            resource.value = _over_the_wire(resource.value)
            resource.provider = _over_the_wire(resource.provider)
        if stack.outputs is not None:
            stack.outputs.value = _over_the_wire(stack.outputs.value)
        outcome, decision = run_case(rule, case, stack)

        assert outcome is case.outcome, f"case {number}"
        assert {finding.path for finding in decision.findings} == {
            finding.path for finding in run_case(rule, case)[1].findings
        }, f"case {number}"


@pytest.fixture
def engine(rule: Rule, tmp_path: Path) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The real server, with one rule: what all of them say of a program, tests/engine asks."""
    settings = tmp_path / "policy-pack.yaml"
    settings.write_text("version: 1\n")
    with serving(Analyzer([rule], {SETTINGS_VARIABLE: str(settings)})) as stub:
        yield stub


@pytest.mark.parametrize("rule", OF_RESOURCES)
def test_the_engine_is_told_what_the_cases_say(
    engine: analyzer_pb2_grpc.AnalyzerStub, rule: Rule
) -> None:
    for number, case in enumerate(rule.cases, start=1):
        if case.is_told_offline:
            continue  # which the engine does not tell
        diagnostics = list(_judged(engine, rule, case))

        stack = build(rule, case)
        # Of a rule about single resources, a case says what the first one gets.
        resources = list(stack.resources)
        asked = [stack.urn, *resources] if rule.scope == "stack" else resources[:1]
        said = {_outcome(item) for item in diagnostics if item.urn in asked}
        assert said == {case.outcome} - {Outcome.PASSES, None}, f"case {number}"
        assert {item.urn for item in diagnostics} <= {stack.urn, *stack.resources}
        for item in diagnostics:
            assert item.policyName == rule.id
            assert "the rule raised" not in item.message
            assert SECRET_CONFIG not in item.message


def _outcome(diagnostic: analyzer_pb2.AnalyzeDiagnostic) -> Outcome:
    is_undecided = diagnostic.message.startswith("undecided: cannot be decided before deployment")
    return Outcome.UNDECIDED if is_undecided else Outcome.FAILS


def _judged(
    engine: analyzer_pb2_grpc.AnalyzerStub, rule: Rule, case: Case
) -> Iterator[analyzer_pb2.AnalyzeDiagnostic]:
    """What the pack says of a case's stack, called in the order of the engine."""
    stack = build(rule, case)
    engine.ConfigureStack(
        analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=stack.name,
            project=stack.project,
            dry_run=True,
            config={"gcp:project": "a-project", **stack.config},
            config_secret_keys=list(stack.secret_config.values),
        )
    )
    engine.GetAnalyzerInfo(empty_pb2.Empty())
    engine.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(
            policyConfig={
                rule.id: analyzer_pb2.PolicyConfig(
                    enforcementLevel=analyzer_pb2.MANDATORY,
                    properties=write_struct(case.parameters),
                )
            }
        )
    )
    whole = [analyzer_pb2.AnalyzerResource(type=STACK, urn=stack.urn, name="cases-case")]
    for resource, item in zip(stack, case.resources, strict=True):
        provider = analyzer_pb2.AnalyzerProviderResource(
            type=f"pulumi:providers:{resource.type.package}",
            urn=f"urn:pulumi:case::cases::pulumi:providers:gcp::of-{resource.name}",
            properties=write_struct(item.provider),
        )
        request = analyzer_pb2.AnalyzeRequest(
            type=resource.type.token,
            urn=resource.urn,
            name=resource.name,
            properties=write_struct(resource.value),
            provider=provider,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=item.is_protected),
        )
        assert not engine.Remediate(request).remediations
        yield from engine.Analyze(request).diagnostics
        whole.append(
            analyzer_pb2.AnalyzerResource(
                type=request.type,
                urn=request.urn,
                name=request.name,
                properties=write_struct(item.outputs),
                provider=provider,
                options=request.options,
                propertyDependencies={
                    name: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
                    for name, urns in (resource.property_dependencies or {}).items()
                },
            )
        )
    whole[0].properties.CopyFrom(write_struct(case.outputs))
    whole.reverse()  # the engine sends them in no order
    yield from engine.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=whole)).diagnostics
