"""The provider's check, done from its schema."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.value import (
    UNKNOWN,
    Asset,
    AssetArchive,
    ResourceReference,
    Secret,
    leaves,
    unwrap,
)
from apex_guardrails.provider import check
from apex_guardrails.provider.schema import tokens

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
FIREWALL = "gcp:compute/firewall:Firewall"
URN = "urn:pulumi:dev::p::t::db"


def problems(token: str, inputs: dict[str, Any], version: str = "10.2.0") -> list[str]:
    return [
        f"{'note: ' if item.is_note else ''}{item.message}"
        for item in check(token, URN, inputs, version).problems
    ]


def test_defaults_are_filled_in_at_every_level_that_is_given() -> None:
    inputs = check(
        SQL,
        URN,
        {
            "databaseVersion": "POSTGRES_17",
            "settings": Secret(
                {"tier": "t", "backupConfiguration": {"backupRetentionSettings": {}}}
            ),
        },
    ).inputs

    settings = unwrap(inputs["settings"])
    assert inputs["deletionProtection"] is True
    assert settings["pricingPlan"] == "PER_USE"
    assert settings["availabilityType"] == "ZONAL"
    assert settings["backupConfiguration"]["backupRetentionSettings"]["retentionUnit"] == "COUNT"
    assert "ipConfiguration" not in settings


def test_defaults_are_filled_in_for_each_element_of_a_list() -> None:
    inputs = check(
        "gcp:cloudrunv2/service:Service",
        URN,
        {
            "template": {
                "containers": [{"image": "a", "ports": {}}, UNKNOWN, Secret({"image": "b"})]
            }
        },
    ).inputs

    assert inputs["template"]["containers"][1] is UNKNOWN
    assert unwrap(inputs["template"]["containers"][2])["image"] == "b"


def test_what_the_schema_calls_sensitive_is_marked_secret() -> None:
    user = check("gcp:sql/user:User", URN, {"password": "p", "name": "n"}).inputs
    assert user["password"] == Secret("p")
    assert user["name"] == "n"
    marked = check("gcp:sql/user:User", URN, {"password": Secret("p")}).inputs
    assert marked["password"] == Secret("p")
    inside = check("gcp:alloydb/cluster:Cluster", URN, {"initialUser": {"password": UNKNOWN}})
    assert inside.inputs["initialUser"]["password"] == Secret(UNKNOWN)
    assert "password" not in check("gcp:sql/user:User", URN, {"name": "n"}).inputs


def test_what_is_given_stays() -> None:
    given_inputs = {"databaseVersion": "X", "deletionProtection": False, "name": "mine"}
    inputs = check(SQL, URN, copy.deepcopy(given_inputs)).inputs

    assert inputs.items() >= given_inputs.items()


def test_what_terraform_has_as_a_list_of_one_text_may_be_a_text() -> None:
    snapshots = {"snapshotProperties": {"storageLocations": "us-central1"}}
    inputs = {"region": "us-central1", "snapshotSchedulePolicy": {"schedule": {}, **snapshots}}

    assert problems("gcp:compute/resourcePolicy:ResourcePolicy", inputs) == []


def test_a_name_is_made_of_the_resource_s_own_and_the_same_every_time() -> None:
    name = check(SQL, URN, {"databaseVersion": "X"}).inputs["name"]

    assert re.fullmatch("db-[0-9a-f]{7}", name)
    assert check(SQL, URN, {"databaseVersion": "X"}).inputs["name"] == name
    assert check(SQL, f"{URN}2", {"databaseVersion": "X"}).inputs["name"] != name


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (FIREWALL, {}, f"{FIREWALL} needs the input network"),
        (
            FIREWALL,
            {"network": "n", "sourceRange": []},
            f'{FIREWALL} has no input sourceRange, did you mean "sourceRanges"?',
        ),
        (
            FIREWALL,
            {"network": "n", "selfLink": "x"},
            f"selfLink is an output of {FIREWALL}, not an input",
        ),
        (FIREWALL, {"network": "n", "allows": "tcp"}, "allows must be a list, not a string"),
        (
            FIREWALL,
            {"network": "n", "allows": ["tcp"]},
            "allows[0] must be an object, not a string",
        ),
        (FIREWALL, {"network": "n", "allows": [{}]}, "allows[0] needs protocol"),
        (FIREWALL, {"network": ["n"]}, "network must be a string, not a list"),
        (FIREWALL, {"network": "n", "priority": "high"}, "priority must be a number, not a string"),
        (FIREWALL, {"network": "n", "disabled": "maybe"}, "disabled must be a boolean, not a str"),
        (
            "gcp:sql/user:User",
            {"instance": "i", "password": "a", "passwordWo": "b"},
            "password and passwordWo cannot both be set",
        ),
    ],
)
def test_what_the_provider_refuses(token: str, inputs: dict[str, Any], message: str) -> None:
    [problem] = problems(token, inputs)

    assert problem.startswith(message)


@pytest.mark.parametrize(
    "inputs",
    [
        {"priority": "1000", "disabled": "true"},  # the provider reads texts
        {"priority": True} | {"priority": 1000},
        {"priority": UNKNOWN, "allows": UNKNOWN, "sourceRanges": [UNKNOWN]},
        {"allows": Secret([{"protocol": Secret("tcp")}, UNKNOWN, None])},
        {"description": ResourceReference("urn"), "name": Asset(text="t")},
        {"description": AssetArchive(assets={})},
        {"__defaults": []},
    ],
)
def test_what_the_provider_takes(inputs: dict[str, Any]) -> None:
    assert problems(FIREWALL, {"network": "n", **inputs}) == []


def test_headers_of_a_probe_are_a_list_in_every_kind_of_workload() -> None:
    get = {"httpGet": {"path": "/", "httpHeaders": [{"name": "a", "value": "b"}]}}
    containers = [{"image": "a", "livenessProbe": get, "startupProbe": get}]
    for kind in ("service:Service", "workerPool:WorkerPool"):
        inputs = {"location": "l", "template": {"containers": containers}}
        assert problems(f"gcp:cloudrunv2/{kind}", inputs) == []


def test_a_version_that_the_sdk_writes_as_text() -> None:
    inputs = {"secret": "s", "secretDataWo": "x", "secretDataWoVersion": "1"}
    assert problems("gcp:secretmanager/secretVersion:SecretVersion", inputs) == []


def test_of_a_newer_sdk_the_schema_cannot_know_every_input() -> None:
    inputs = {"network": "n", "brandNew": 1}

    assert problems(FIREWALL, dict(inputs), "10.3.0") == [f"note: {FIREWALL} has no input brandNew"]
    assert problems(FIREWALL, dict(inputs), "10.2.0") == [f"{FIREWALL} has no input brandNew"]
    assert problems(FIREWALL, dict(inputs), "") == [f"{FIREWALL} has no input brandNew"]


def test_below_the_top_level_what_is_not_known_is_a_note() -> None:
    [problem] = problems(FIREWALL, {"network": "n", "allows": [{"protocol": "tcp", "port": []}]})

    assert problem == 'note: allows[0].port is not known, did you mean "ports"?'


def test_nothing_is_checked_of_a_type_that_is_not_known() -> None:
    inputs = {"length": "x"}
    result = check("random:index/randomPassword:RandomPassword", URN, inputs)

    assert result.inputs == {"length": "x"}
    assert result.problems == ()


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(UNKNOWN)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["settings", "allows", "protocol", "template", "name", "x", "labels"]),
            inner,
            max_size=3,
        ),
        inner.map(Secret),
    ),
    max_leaves=10,
)
NAMES = st.sampled_from(
    ["settings", "allows", "template", "network", "databaseVersion", "labels", "password", "other"]
)


@given(st.sampled_from(sorted(tokens())), st.dictionaries(NAMES, VALUES, max_size=5))
def test_it_never_raises_changes_nothing_twice_and_loses_no_mark(
    token: str, inputs: dict[str, Any]
) -> None:
    marked = [leaf for leaf in leaves(inputs) if leaf.is_secret and leaf.value is not None]
    once = check(token, URN, inputs)
    twice = check(token, URN, copy.deepcopy(once.told))

    assert repr(twice.inputs) == repr(once.inputs)
    assert {leaf.path for leaf in marked} <= {
        leaf.path for leaf in leaves(once.inputs) if leaf.is_secret
    }
