"""A program for another major version of the provider is judged like one of today."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from apex_guardrails.model.value import UNKNOWN, Secret
from apex_guardrails.provider import (
    check,
    current,
    current_names,
    current_token,
    names_of,
    resource_type,
)
from apex_guardrails.provider.schema import tokens, type_schema
from apex_guardrails.wire import WireMapping, plain, write_struct
from tests.policies import any_input

ALLOYDB = "gcp:alloydb/cluster:Cluster"
BUCKET = "gcp:storage/bucket:Bucket"
PROJECT = "gcp:organizations/project:Project"
RUN = "gcp:cloudrunv2/service:Service"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
WORKER = "gcp:cloudrunv2/workerPool:WorkerPool"
URN = "urn:pulumi:dev::p::t::n"

OPEN = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
STRICT = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def ports(value: Any) -> dict[str, Any]:
    return {"template": {"containers": [{"image": "a", "ports": value}]}}


def ssl(engine: Any = "POSTGRES_16", **ip_configuration: Any) -> dict[str, Any]:
    return {"databaseVersion": engine, "settings": {"ipConfiguration": ip_configuration}}


def worker(headers: Any) -> dict[str, Any]:
    probe = {"httpGet": {"httpHeaders": headers}}
    return {"template": {"containers": [{"livenessProbe": probe, "startupProbe": probe}]}}


TODAY = [
    (RUN, ports([{"containerPort": 8080}]), ports({"containerPort": 8080})),
    (RUN, ports([]), ports(None)),
    (RUN, ports([UNKNOWN]), ports(UNKNOWN)),
    (RUN, ports(Secret([Secret({"name": "h2c"})])), ports(Secret(Secret({"name": "h2c"})))),
    (SQL, ssl(requireSsl=True), ssl(sslMode=STRICT)),
    (SQL, ssl(requireSsl="true"), ssl(sslMode=STRICT)),
    (
        SQL,
        ssl("SQLSERVER_2019_WEB", requireSsl=True),
        ssl("SQLSERVER_2019_WEB", sslMode="ENCRYPTED_ONLY"),
    ),
    (SQL, ssl(requireSsl=False), ssl(sslMode=OPEN)),
    (SQL, ssl(UNKNOWN, requireSsl=False), ssl(UNKNOWN, sslMode=OPEN)),
    (SQL, ssl(UNKNOWN, requireSsl=True), ssl(UNKNOWN, sslMode=UNKNOWN)),
    (SQL, ssl(requireSsl=UNKNOWN), ssl(sslMode=UNKNOWN)),
    (SQL, ssl(requireSsl=True, sslMode="ENCRYPTED_ONLY"), ssl(sslMode="ENCRYPTED_ONLY")),
    (ALLOYDB, {"network": "n"}, {"networkConfig": {"network": "n"}}),
    (ALLOYDB, {"network": UNKNOWN}, {"networkConfig": {"network": UNKNOWN}}),
    (ALLOYDB, {"network": "n", "networkConfig": {}}, {"networkConfig": {}}),
    (SUBNETWORK, {"enableFlowLogs": True}, {"logConfig": {}}),
    (SUBNETWORK, {"enableFlowLogs": False}, {}),
    (SUBNETWORK, {"enableFlowLogs": UNKNOWN}, {"logConfig": UNKNOWN}),
    (PROJECT, {"skipDelete": True}, {"deletionPolicy": "ABANDON"}),
    (
        BUCKET,
        {"retentionPolicy": {"retentionPeriod": 60}},
        {"retentionPolicy": {"retentionPeriod": "60"}},
    ),
    (VERSION, {"secretDataWoVersion": 2}, {"secretDataWoVersion": "2"}),
    (WORKER, worker({"name": "a"}), worker([{"name": "a"}])),
    (
        "gcp:container/cluster:Cluster",
        {"monitoringConfig": {"advancedDatapathObservabilityConfigs": [{"enableMetrics": True}]}},
        {"monitoringConfig": {"advancedDatapathObservabilityConfig": {"enableMetrics": True}}},
    ),
    (
        "gcp:gkeonprem/bareMetalCluster:BareMetalCluster",
        {"loadBalancer": {"bgpLbConfig": {"addressPools": [{"manualAssign": "true"}]}}},
        {"loadBalancer": {"bgpLbConfig": {"addressPools": [{"manualAssign": True}]}}},
    ),
    (
        "gcp:netapp/volume:Volume",
        {"hybridReplicationParameters": {"peerIpAddresses": "10.0.0.1"}},
        {"hybridReplicationParameters": {"peerIpAddresses": ["10.0.0.1"]}},
    ),
    (
        "gcp:bigtable/tableIamMember:TableIamMember",
        {"instance": "i", "member": "m"},
        {"instanceName": "i", "member": "m"},
    ),
]


@pytest.mark.parametrize(("token", "older", "today"), TODAY, ids=map(str, range(len(TODAY))))
def test_an_older_form_is_read_as_todays(token: str, older: Any, today: Any) -> None:
    assert current(token, copy.deepcopy(older)) == today
    # As the engine sends it, too.
    assert plain(current(token, WireMapping(write_struct(older)))) == today
    assert current(token, today) == today


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (RUN, ports({"containerPort": 1})),
        # No program of any version has these.
        (RUN, ports([{"containerPort": 1}, {"containerPort": 2}])),
        (RUN, ports("8080")),
        (SQL, ssl(sslMode=OPEN)),
        (SQL, {"settings": [UNKNOWN, None]}),
        (BUCKET, {"retentionPolicy": {"retentionPeriod": True}}),
        (WORKER, worker([])),
        ("gcp:compute/network:Network", {"name": "n"}),
    ],
)
def test_what_is_written_as_today_is_the_very_same(token: str, inputs: dict[str, Any]) -> None:
    assert current(token, inputs) is inputs


def test_what_an_input_is_made_from_is_known_by_its_new_name() -> None:
    assert current_names(ALLOYDB, {"network": ("u",)}) == {
        "network": ("u",),
        "networkConfig": ("u",),
    }
    for token, known in ((ALLOYDB, {"location": ()}), (RUN, {"network": ()})):
        assert current_names(token, known) is known


def test_any_input_of_a_type_that_changed_is_read() -> None:
    for token in {token for token, *_ in TODAY}:
        schema = type_schema(token)
        assert schema is not None
        for value in any_input.VALUES:
            for inputs in any_input.inputs(schema.fields, value):
                current(token, inputs)


@pytest.mark.parametrize("version", ["7.38.0", "8.41.1", "9.37.1", "11.0.0"])
def test_another_major_version_is_told_of_no_error(version: str) -> None:
    wrong = {**ports(8080), "unheardOf": 1, "uri": "u", "template": {"containers": "none"}}
    checked = check(RUN, URN, wrong, version)

    assert {problem.is_note for problem in checked.problems} == {True}
    assert any(f"the program has {version}" in problem.message for problem in checked.problems)
    # What the program lacks, its own SDK would have asked for.
    assert not any("needs" in problem.message for problem in checked.problems)
    assert check(SQL, URN, {"settings": {}}, version).problems == []


def test_the_program_gets_back_what_its_own_version_has() -> None:
    checked = check(RUN, URN, ports([{"containerPort": 8080}]), "7.38.0")

    [container] = checked.inputs["template"]["containers"]
    assert container["ports"] == {"containerPort": 8080}
    [told] = checked.told["template"]["containers"]
    assert told["ports"] == [{"containerPort": 8080}]
    assert checked.problems == []


@pytest.mark.parametrize(
    ("version", "protection"),
    [("7.38.0", None), ("8.41.1", True), ("9.37.1", True), ("10.2.0", True), ("", True)],
)
def test_a_default_is_filled_in_from_the_version_on_that_has_it(
    version: str, protection: bool | None
) -> None:
    checked = check(RUN, URN, {**ports({}), "location": "l"}, version)

    assert checked.inputs.get("deletionProtection") is protection
    # Names and marks there are in every one.
    assert "name" in checked.inputs
    secret = check("gcp:sql/user:User", URN, {"password": "p"}, version).inputs["password"]
    assert secret == Secret("p")


def test_only_defaults_have_a_first_version() -> None:
    def walk(fields: Any) -> Any:
        for field in fields.values():
            yield field
            yield from walk(field.get("fields", {}))

    marked = []
    for token in tokens():
        schema = type_schema(token)
        assert schema is not None
        marked += [field for field in walk(schema.fields) if "since" in field]
    assert marked
    assert all("default" in field and field["since"] in (8, 9, 10) for field in marked)


def test_of_a_version_that_was_not_compared_lists_of_one_are_objects_and_back() -> None:
    given: dict[str, Any] = {
        "databaseVersion": "POSTGRES_13",
        "settings": [
            {
                "tier": "db-f1-micro",
                "ipConfiguration": Secret(
                    [{"ipv4Enabled": True, "authorizedNetworks": {"value": "0.0.0.0/0"}}]
                ),
                "databaseFlags": [{"name": "a", "value": "b"}, UNKNOWN],
                "userLabels": {"a": "b"},
            }
        ],
    }
    before = copy.deepcopy(given)

    checked = check("gcp:sql/databaseInstance:DatabaseInstance", URN, given, "6.67.1")

    settings = plain(checked.inputs)["settings"]
    addresses = settings["ipConfiguration"].value
    assert addresses["ipv4Enabled"] is True
    assert addresses["authorizedNetworks"] == [{"value": "0.0.0.0/0"}]
    assert settings["databaseFlags"] == [{"name": "a", "value": "b"}, UNKNOWN]
    assert settings["userLabels"] == {"a": "b"}
    # The program gets back what it gave.
    assert checked.told["settings"][0]["databaseFlags"] == before["settings"][0]["databaseFlags"]
    assert not checked.problems
    longer = check(
        "gcp:sql/databaseInstance:DatabaseInstance", URN, {"settings": [{}, {}]}, "6.67.1"
    )
    assert [problem.is_note for problem in longer.problems] == [True]
    same = check("gcp:sql/databaseInstance:DatabaseInstance", URN, {"settings": [{}]}, "7.38.0")
    assert isinstance(same.inputs["settings"], list)


def test_a_type_that_had_another_name_is_the_same_type() -> None:
    for older, today in {
        "gcp:serviceAccount/account:Account": "gcp:serviceaccount/account:Account",
        "gcp:serviceAccount/iAMMember:IAMMember": "gcp:serviceaccount/iAMMember:IAMMember",
        "gcp:serviceAccount/getAccount:getAccount": "gcp:serviceaccount/getAccount:getAccount",
        "gcp:compute/autoscalar:Autoscalar": "gcp:compute/autoscaler:Autoscaler",
    }.items():
        assert current_token(older) == today
        assert names_of(today) == (today, older)
        assert names_of(older) == (older,)
        if not today.rpartition(":")[2].startswith("get"):
            assert resource_type(older) == resource_type(today)


def test_what_has_one_name_keeps_it() -> None:
    for token in tokens():
        assert current_token(token) == token
        assert token in names_of(token)
