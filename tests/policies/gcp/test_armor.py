"""What is said where nobody can tell how much of the internet a Cloud Armor rule matches."""

from __future__ import annotations

import pytest

from apex_guardrails.gcp.armor import POLICY_RULES, unknown_share
from apex_guardrails.model import Resource, Stack
from apex_guardrails.provider import resource_type

PATH = "match.expr.expression"


@pytest.mark.parametrize(
    ("expression", "is_said"),
    [("origin.region_code == 'DE'", True), ("has(request.headers['user-agent'])", False)],
)
def test_of_countries_it_is_said_that_they_may_be_large(expression: str, is_said: bool) -> None:
    token = POLICY_RULES[0]
    inputs = {"match": {"expr": {"expression": expression}}}
    rule = Resource(f"urn:pulumi:s::p::{token}::r", resource_type(token), inputs, Stack("s", "p"))

    undecided = unknown_share(rule, PATH)

    assert undecided.path == PATH
    assert undecided.resource is rule
    assert undecided.because.startswith(f"{PATH} of {token} r is about countries") is is_said
    assert bool(undecided.step) is is_said
