"""The rules about credentials: a value is one finding, and no message shows it."""

from __future__ import annotations

from collections import Counter

import pytest

from apex_guardrails.decide import decide
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Outcome, ResourceType, Rule
from apex_guardrails.model.case import SECRET_CONFIG, Case
from apex_guardrails.rules import all_rules
from apex_guardrails.rules.families.literal_credentials import ROWS
from apex_guardrails.rules.families.shown_inputs import OWN
from apex_guardrails.testing import build

NAMED = {row.id for row in ROWS} | {
    "compute-startup-script-no-secrets",
    "parametermanager-no-plain-credentials",
    "run-env-no-connection-string-password",
    "run-secrets-via-secret-manager",
    "scheduler-no-secret-headers",
    "stack-config-no-plain-secrets",
    "stack-outputs-no-secrets",
    "stack-provider-no-literal-credentials",
    "workflows-no-secrets",
}
ABOUT_CREDENTIALS = [
    rule for rule in all_rules() if rule.service == "credentials" or rule.id in NAMED
]
CASES = [
    pytest.param(rule, case, id=f"{rule.id}-{number}")
    for rule in ABOUT_CREDENTIALS
    for number, case in enumerate(rule.cases, start=1)
    if case.outcome is Outcome.FAILS and not case.parameters
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_value_is_one_finding_that_does_not_show_it(rule: Rule, case: Case) -> None:
    mandatory = EnforcementLevel.MANDATORY
    decision = decide(
        build(rule, case),
        [EnforcedRule(item, mandatory, mandatory, item.parameters()) for item in ABOUT_CREDENTIALS],
    )
    found = Counter((finding.urn, finding.path) for finding in decision.findings)

    assert set(found.values()) == {1}, [
        (item.rule.id, item.path) for item in decision.findings if found[item.urn, item.path] > 1
    ]
    for finding in decision.findings:
        assert SECRET_CONFIG not in finding.message
        assert "correct horse" not in finding.message


def test_every_input_with_a_rule_of_its_own_has_it() -> None:
    rules = {rule.id: rule for rule in all_rules()}

    for token, (rule_id, _) in OWN.items():
        assert rules[rule_id].is_about(ResourceType(token))


def test_every_row_of_the_table_is_a_rule() -> None:
    assert {row.id for row in ROWS} <= {rule.id for rule in all_rules()}
