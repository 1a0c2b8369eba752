"""One fact is one finding, although general and special rules know the same resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from apex_guardrails.decide import Evaluator, decide
from apex_guardrails.gcp.everybody import PUBLIC
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.iam import BASIC_ROLES
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    NoParameters,
    Resource,
    Rule,
    Stack,
    case,
)
from apex_guardrails.provider.schema import resource_type, tokens
from apex_guardrails.rules import all_rules
from apex_guardrails.testing.cases import build

GRANTS = [token for token in tokens() if is_grant(resource_type(token))]


def inputs(token: str, role: str, member: str) -> Mapping[str, Any]:
    if token.endswith("Policy"):
        return {"policyData": json.dumps({"bindings": [{"role": role, "members": [member]}]})}
    return {
        "role": role,
        **({"member": member} if token.endswith("Member") else {"members": [member]}),
    }


def found(token: str, role: str, member: str, rules: list[Rule]) -> list[str]:
    evaluator = Evaluator(
        EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, NoParameters())
        for rule in rules
    )
    stack = Stack("s", "p")
    evaluator.evaluate_resource(
        Resource(
            f"urn:pulumi:s::p::{token}::n",
            resource_type(token),
            inputs(token, role, member),
            stack,
            property_dependencies={},
        )
    )
    assert not evaluator.decision.errors
    # That a policy replaces all others is a fact of its own.
    ids = {finding.rule.id for finding in evaluator.decision.findings}
    return sorted(ids - {"iam-no-authoritative-policy"})


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    return [
        rule for rule in all_rules() if rule.scope == "resource" and rule.parameters is NoParameters
    ]


@pytest.mark.parametrize(
    "member", [*PUBLIC, "AllUsers", "iamMember:allUsers", "principalSet://goog/public:all"]
)
def test_a_grant_to_everybody(rules: list[Rule], member: str) -> None:
    for token in GRANTS:
        ids = found(token, "roles/run.viewer", member, rules)
        assert len(ids) == 1, f"{token}: {ids}"


@pytest.mark.parametrize(
    "role",
    [*BASIC_ROLES, "roles/iam.serviceAccountUser"],
)
def test_a_role_for_a_group(rules: list[Rule], role: str) -> None:
    on_levels = 0
    for token in GRANTS:
        ids = found(token, role, "group:team@example.org", rules)
        assert len(ids) <= 1, f"{token}: {ids}"
        on_levels += bool(ids)
    assert on_levels >= 9


def test_a_harmless_grant(rules: list[Rule]) -> None:
    for token in GRANTS:
        assert not found(token, "roles/run.viewer", "group:team@example.org", rules)


WORLD = ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize(
    ("allows", "expected"),
    [
        ([{"protocol": "all"}], ["firewall-no-all-ports-from-anywhere"]),
        (
            [{"protocol": "all"}, {"protocol": "tcp", "ports": ["22", "5432", "8000-9000"]}],
            ["firewall-no-all-ports-from-anywhere"],
        ),
        ([{"protocol": "tcp"}, {"protocol": "udp"}], ["firewall-no-all-ports-from-anywhere"]),
        (
            [{"protocol": "tcp", "ports": ["0-32767", "32768-65535"]}],
            ["firewall-no-all-ports-from-anywhere"],
        ),
        ([{"protocol": "tcp", "ports": ["5432"]}], ["firewall-postgres-not-public"]),
        ([{"protocol": "tcp", "ports": ["8443", "8444"]}], ["firewall-no-public-ingress"]),
    ],
)
def test_what_a_firewall_opens(allows: Any, expected: list[str]) -> None:
    evaluator = Evaluator(
        EnforcedRule(
            rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, rule.parameters()
        )
        for rule in all_rules()
        if rule.service == "firewall"
    )
    token = "gcp:compute/firewall:Firewall"
    given = {
        "network": "vpc",
        "sourceRanges": WORLD,
        "targetTags": ["web"],
        "allows": allows,
        "logConfig": {"metadata": "INCLUDE_ALL_METADATA"},
    }
    evaluator.evaluate_resource(
        Resource(f"urn:pulumi:s::p::{token}::n", resource_type(token), given, Stack("s", "p"))
    )
    assert [finding.rule.id for finding in evaluator.decision.findings] == expected


def found_in(*resources: case.CaseResource) -> list[tuple[str, str, str]]:
    """Rule, resource and path of every finding on some resources, but for what all have."""
    judged = [
        EnforcedRule(rule, rule.level, rule.level, rule.parameters())
        for rule in all_rules()
        if rule.service in {"loadbalancing", "run", "armor"}
    ]
    decision = decide(build(judged[0].rule, case.fails(*resources)), judged)
    assert not decision.errors
    return sorted(
        (item.rule.id, item.urn.rpartition("::")[2], item.path) for item in decision.findings
    )


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [
        ({"profile": "MODERN"}, ["lb-ssl-policy-tls12"]),
        ({"profile": "RESTRICTED"}, []),
        ({"minTlsVersion": "TLS_1_2"}, ["lb-ssl-policy-modern"]),
    ],
)
def test_the_versions_and_the_ciphers_of_an_ssl_policy(
    inputs: Mapping[str, Any], rule: list[str]
) -> None:
    policy = case.resource("gcp:compute/sSLPolicy:SSLPolicy", "policy", **inputs)
    assert [item for item, _, _ in found_in(policy)] == rule


def test_a_service_that_is_open_and_behind_a_load_balancer() -> None:
    services = [case.resource("gcp:cloudrunv2/service:Service", name) for name in ("lb", "own")]
    group = case.resource(
        "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
        cloudRun={"service": case.output_of("lb")},
    )
    assert [item for item in found_in(*services, group) if item[2] == "ingress"] == [
        ("lb-serverless-neg-ingress-matches", "lb", "ingress"),
        ("run-ingress-restricted", "own", "ingress"),
    ]
