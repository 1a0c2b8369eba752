"""A private key that exists already is known by its value, whatever the output is called."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.types import SERVICEACCOUNT_KEY
from apex_guardrails.model import Resource, Secret, Stack
from apex_guardrails.provider import resource_type
from apex_guardrails.rules.iam.iam_service_account_key_not_output import (
    iam_service_account_key_not_output,
)

PRIVATE = "an encoded private key"


@pytest.mark.parametrize(
    ("output", "fails"),
    [(PRIVATE, True), (Secret(PRIVATE), True), ("projects/p/serviceAccounts/a/keys/1", False)],
)
def test_an_output_that_is_the_key(output: Any, *, fails: bool) -> None:
    stack = Stack("s", "p")
    key = Resource(
        f"urn:pulumi:s::p::{SERVICEACCOUNT_KEY}::key", resource_type(SERVICEACCOUNT_KEY), {}, stack
    )
    key.learn(
        (), {}, {"privateKey": Secret(PRIVATE), "name": "projects/p/serviceAccounts/a/keys/1"}
    )
    stack.add(key)
    stack.outputs = Resource(stack.urn, resource_type("pulumi:pulumi:Stack"), {"a": output}, stack)

    assert [found.path for found in iam_service_account_key_not_output.check(stack)] == (
        ["a"] if fails else []
    )
