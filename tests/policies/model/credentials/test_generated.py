"""Generated passwords once they are made: their values tell where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.provider import resource_type
from apex_guardrails.rules.families.generated_passwords import RANDOM_PASSWORD, shown_passwords

FUNCTION = "gcp:cloudfunctionsv2/function:Function"


def resource(stack: Stack, token: str, inputs: Mapping[str, Any], *sources: Resource) -> Resource:
    urns = [source.urn for source in sources]
    made = Resource(
        f"urn:pulumi:s::p::{token}::n",
        resource_type(token),
        inputs,
        stack,
        dependencies=urns,
        property_dependencies=dict.fromkeys(inputs, urns),
    )
    stack.add(made)
    return made


def paths(token: str, inputs: Mapping[str, Any]) -> list[str]:
    stack = Stack("s", "p")
    password = resource(stack, RANDOM_PASSWORD, {"length": 16})
    password.outputs = {"length": 16, "result": "correct-horse-1", "id": "none"}
    resource(stack, token, inputs, password)
    return [path for _, path, _ in shown_passwords(stack)]


def variables(**values: str) -> dict[str, Any]:
    return {"serviceConfig": {"environmentVariables": values}}


def test_its_value_tells_where_it_is_shown() -> None:
    found = paths(FUNCTION, variables(SETTING="a correct-horse-1", OTHER="none", NUMBER="16"))
    assert found == ["serviceConfig.environmentVariables.SETTING"]


def test_what_another_rule_says_is_not_said_again() -> None:
    assert paths(FUNCTION, variables(DB_PASSWORD="correct-horse-1")) == []


def test_an_input_that_is_made_for_it_may_have_it() -> None:
    assert paths("gcp:sql/user:User", {"password": "correct-horse-1"}) == []


def test_dependencies_have_to_be_known() -> None:
    stack = Stack("s", "p")
    stack.add(Resource("urn:pulumi:s::p::a:b:C::n", resource_type("a:b:C"), {}, stack))
    with pytest.raises(DependenciesUnknownError):
        list(shown_passwords(stack))
