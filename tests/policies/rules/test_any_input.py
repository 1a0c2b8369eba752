"""No input that the protocol can carry makes a rule raise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.decide import Evaluator
from apex_guardrails.model import UNKNOWN, Asset, EnforcedRule, EnforcementLevel, Resource, Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.resource_type import STACK_TYPE
from apex_guardrails.model.value import AssetArchive, ResourceReference, Secret
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.wire import UNKNOWN_SENTINELS, WireMapping, write_struct
from tests.policies.rules.reads import reads_of

# Half of the time here was coverage; what random input happens to reach proves nothing.
pytestmark = pytest.mark.no_cover

TYPES = sorted(
    {
        token
        for rule in all_rules()
        for case in rule.cases
        for token in [rule.type_token, *(resource.token for resource in case.resources)]
        if token
    }
)
KEYS = st.one_of(
    st.sampled_from(
        sorted(
            {
                *("settings", "ipConfiguration", "ipv4Enabled", "privateNetwork", "pscConfigs"),
                *("sslMode", "userLabels", "labels", "direction", "disabled", "allows"),
                *("sourceRanges", "sourceTags", "role", "policyData", "service", "password"),
                *("secretData", "defaultLabels", "sensitiveLabels", "pscEnabled", "project"),
            }
        )
    ),
    st.text(max_size=8),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        [
            UNKNOWN,
            "0.0.0.0/0",
            "roles/owner",
            "{}",
            "[]",
            "null",
            '{"bindings": [1, null, {"role": []}]}',
            '{"bindings": 3}',
            '{"bindings": {"role": "roles/owner"}}',
            '{"bindings": [{"role": {}}, {"role": "roles/owner"}]}',
            "[" * 2_000,
            "a" * 5_000,
            "::/0",
            "\0",
            "sk-" + "a1" * 20,
            *sorted(UNKNOWN_SENTINELS),
            1e308,
            float("nan"),
            float("-inf"),
            "a value of a secret config key",
            Asset(text="an asset"),
            Asset(path="a.zip", is_archive=True),
            AssetArchive(assets={"a": Asset(text="an asset"), "b": UNKNOWN}),
            ResourceReference("urn:pulumi:s::p::t::n"),
            ResourceReference("urn:pulumi:s::p::t::n", UNKNOWN),
        ]
    ),
)


def _nested(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(values, max_size=3),
        st.dictionaries(KEYS, values, max_size=4),
        values.map(Secret),
    )


VALUES = st.recursive(SCALARS, _nested, max_leaves=12)
INPUTS = st.dictionaries(KEYS, VALUES, max_size=6)


ENFORCED = [
    EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, rule.parameters())
    for rule in all_rules()
]


def _stack() -> Stack:
    return Stack(
        "s", "p", secret_config=SecretConfig({"p:secret": "a value of a secret config key"})
    )


def _over_the_wire(inputs: Any) -> Any:
    message = write_struct(inputs).SerializeToString()
    return WireMapping(struct_pb2.Struct.FromString(message))


def _read_paths() -> dict[str, list[str]]:
    paths = defaultdict(set)
    for rule in all_rules():
        for token, path in reads_of(rule).seen:
            if path and token != STACK_TYPE:
                paths[token].add(path)
    return {token: sorted(paths[token]) for token in sorted(paths)}


READ = _read_paths()


@st.composite
def around(draw: st.DrawFn, path: str) -> Any:
    """Inputs with something at a path that a rule reads, at or above which anything may be."""
    value = draw(VALUES)
    for step in reversed(path.replace("[]", ".[]").split(".")):
        if step == "[]":
            value = [*draw(st.lists(VALUES, max_size=2)), value]
        else:
            value = {**draw(st.dictionaries(KEYS, VALUES, max_size=2)), step: value}
        value = draw(st.sampled_from([value, value, value, Secret(value)]))
    while isinstance(value, Secret):
        value = value.value
    return value


@pytest.mark.parametrize("read", [dict, _over_the_wire])
@given(st.lists(st.tuples(st.sampled_from(TYPES), INPUTS, INPUTS), max_size=3), INPUTS)
def test_no_rule_raises(
    read: Callable[[Any], Any], resources: list[tuple[str, Any, Any]], outputs: Any
) -> None:
    _judge(read, resources, outputs)


@pytest.mark.parametrize("token", READ)
def test_no_rule_raises_whatever_is_where_it_looks(token: str) -> None:
    # A test for each path, not one that takes it from pytest: for each parameter Hypothesis hangs
    # another layer of settings on one and the same function, and reads them by recursion.
    for path in READ[token]:

        @settings(max_examples=4)
        @given(around(path), INPUTS)
        def holds(inputs: Any, provider: Any) -> None:
            for read in (dict, _over_the_wire):
                _judge(read, [(token, inputs, provider)])

        holds()


def _judge(
    read: Callable[[Any], Any], resources: list[tuple[str, Any, Any]], outputs: Any = None
) -> None:
    stack = _stack()
    for number, (token, inputs, provider) in enumerate(resources):
        stack.add(
            Resource(
                f"urn:pulumi:s::p::{token}::{number}",
                resource_type(token),
                read(inputs),
                stack,
                property_dependencies={},
                provider=read(provider),
            )
        )
    if outputs is not None:
        stack.outputs = Resource(stack.urn, resource_type(STACK_TYPE), read(outputs), stack)
    evaluator = Evaluator(ENFORCED)
    for resource in stack:
        evaluator.evaluate_resource(resource)
    evaluator.evaluate_stack(stack)

    assert evaluator.decision.errors == []
