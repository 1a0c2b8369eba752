"""What the provider says of a resource before it exists."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from apex_guardrails.model.value import UNKNOWN, Secret
from apex_guardrails.provider import check, planned
from apex_guardrails.provider.schema import tokens, type_schema
from tests.policies import any_input

VM = "gcp:compute/instance:Instance"
URN = "urn:pulumi:dev::p::t::vm"


def plan(token: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return planned(token, check(token, URN, inputs).told)


def test_what_google_computes_is_not_known_at_any_depth() -> None:
    vm = plan(VM, {"networkInterfaces": [{"subnetwork": "app", "accessConfigs": [{}]}]})

    [interface] = vm["networkInterfaces"]
    assert interface["subnetwork"] == "app"
    assert interface["networkIp"] is UNKNOWN  # computed
    assert interface["accessConfigs"][0]["natIp"] is UNKNOWN
    # What is neither given nor computed is nothing.
    assert "nicType" not in interface


def test_what_is_given_stays_though_it_could_be_computed() -> None:
    interface = {"networkIp": "10.0.0.2", "accessConfigs": [{"natIp": UNKNOWN}]}
    [planned_one] = plan(VM, {"networkInterfaces": [interface]})["networkInterfaces"]

    assert planned_one["networkIp"] == "10.0.0.2"
    assert planned_one["accessConfigs"][0]["natIp"] is UNKNOWN


def test_at_the_top_nothing_is_said_of_what_is_not_given() -> None:
    assert "cpuPlatform" not in plan(VM, {"machineType": "e2-small"})


def test_a_secret_mark_stays_around_what_is_not_known() -> None:
    given = {"networkInterfaces": Secret([Secret({"subnetwork": "app"}), UNKNOWN, None])}
    interfaces = planned(VM, given)["networkInterfaces"].value

    assert interfaces[0].value["networkIp"] is UNKNOWN
    assert interfaces[1:] == [UNKNOWN, None]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:s3/bucket:Bucket", {"networkInterfaces": [{}]}),
        ("gcp:compute/network:Network", {"name": "vpc", "something": {"else": 1}}),
        (VM, {"networkInterfaces": UNKNOWN, "metadata": Secret({"a": "b"})}),
        ("gcp:sql/user:User", {"passwordPolicy": Secret({"statuses": []})}),
    ],
)
def test_what_has_nothing_computed_below_is_given_back(token: str, inputs: dict[str, Any]) -> None:
    assert planned(token, inputs) is inputs


def test_any_input_of_any_type_is_planned_and_stays_as_it_was() -> None:
    for token in list(tokens())[::40]:
        schema = type_schema(token)
        assert schema is not None
        for value in any_input.VALUES:
            for inputs in any_input.inputs(schema.fields, value):
                before = copy.deepcopy(inputs)
                assert planned(token, inputs).keys() == before.keys()
                assert repr(inputs) == repr(before)
