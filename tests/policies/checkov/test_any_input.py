"""Whatever the protocol can carry becomes a plan, and no secret is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.checkov import terraform_plan
from apex_guardrails.model import Resource, Secret, Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.value import Value
from apex_guardrails.provider import resource_type
from apex_guardrails.wire import WireMapping, write_struct
from tests.policies.rules.test_any_input import INPUTS, KEYS, TYPES, VALUES

# What random input happens to reach proves nothing of its being right.
pytestmark = pytest.mark.no_cover

SECRETS = ["q7-sealed-by-mark", 'q7-"quoted"\n', "q7-schlüssel"]
CONFIG = "q7-in-the-config"


def _stack(resources: list[tuple[str, Any]]) -> Stack:
    stack = Stack("s", "p", secret_config=SecretConfig({"p:secret": CONFIG}))
    for number, (token, inputs) in enumerate(resources):
        urns = list(stack.resources)
        stack.add(
            Resource(
                f"urn:pulumi:s::p::{token}::{number}",
                resource_type(token),
                WireMapping(write_struct(inputs)),
                stack,
                property_dependencies=dict.fromkeys(inputs, urns),
            )
        )
    return stack


RESOURCES = st.tuples(st.sampled_from(TYPES), INPUTS)


@given(st.lists(RESOURCES, max_size=3))
def test_it_becomes_a_plan(resources: list[tuple[str, Any]]) -> None:
    stack = _stack(resources)
    plan = terraform_plan(stack)
    assert json.loads(plan.text()) == plan.document
    resources_of_a_cloud = [urn for urn in stack.resources if "::pulumi:" not in urn]
    assert len(plan.urns) + len(plan.not_seen) == len(resources_of_a_cloud)


def _with_secrets(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    secret = st.sampled_from(SECRETS)
    hidden = secret.map(Secret)
    shown = st.tuples(st.text(max_size=5), secret, st.text(max_size=5)).map("".join)
    return st.one_of(
        values,
        hidden,
        shown,
        st.lists(st.one_of(hidden, shown), max_size=3).map(Secret),
        st.dictionaries(st.one_of(KEYS, shown), st.one_of(hidden, shown), max_size=3),
        shown.map(lambda text: json.dumps({"value": text})),
        st.just(f"before {CONFIG} after"),
    )


@given(
    st.sampled_from(TYPES),
    st.dictionaries(KEYS, _with_secrets(VALUES), max_size=6),
)
def test_no_secret_is_in_it(token: str, inputs: Any) -> None:
    # Each of them is marked once: what is shown elsewhere is a secret all the same.
    marked = ("gcp:storage/bucket:Bucket", {"labels": {"all": [Secret(text) for text in SECRETS]}})
    text = terraform_plan(_stack([(token, inputs), marked])).text()
    for secret in (*SECRETS, CONFIG):
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text
