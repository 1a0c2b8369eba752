"""What Terraform would say of a Pulumi program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from apex_guardrails.checkov import terraform_plan
from apex_guardrails.model import UNKNOWN, Asset, Resource, Secret, Stack, case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.value import AssetArchive, ResourceReference
from apex_guardrails.provider import resource_type
from tests.policies.cost.stacks import stack_of

BUCKET = "gcp:storage/bucket:Bucket"
DISK = "gcp:compute/disk:Disk"
MACHINE = "gcp:compute/instance:Instance"
NETWORK = "gcp:compute/network:Network"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
USER = "gcp:sql/user:User"


def change(*resources: CaseResource, at: str) -> dict[str, Any]:
    """The change of the resource at an address."""
    document = terraform_plan(stack_of(*resources)).document
    changes = {item["address"]: item["change"] for item in document["resource_changes"]}
    found: dict[str, Any] = changes[at]
    return found


def after(token: str, at: str, **inputs: Any) -> Any:
    """What is known of a single resource."""
    return change(case.resource(token, **inputs), at=f"{at}.example")["after"]


def expressions(*resources: CaseResource, at: str) -> Any:
    """What the configuration of the resource at an address refers to."""
    document = terraform_plan(stack_of(*resources)).document
    configuration = document["configuration"]["root_module"]["resources"]
    return next(item for item in configuration if item["address"] == at)["expressions"]


def test_a_single_object_is_a_list_of_one() -> None:
    assert after(
        SQL,
        "google_sql_database_instance",
        databaseVersion="POSTGRES_17",
        settings={
            "ipConfiguration": {"ipv4Enabled": False, "pscConfigs": [{"pscEnabled": True}]},
            "databaseFlags": [{"name": "log_lock_waits", "value": "on"}],
        },
    ) == {
        "database_version": "POSTGRES_17",
        "settings": [
            {
                "ip_configuration": [
                    {"ipv4_enabled": False, "psc_config": [{"psc_enabled": True}]}
                ],
                "database_flags": [{"name": "log_lock_waits", "value": "on"}],
            }
        ],
    }


def test_a_plural_of_pulumi_is_terraforms_singular() -> None:
    assert after(
        "gcp:compute/firewall:Firewall",
        "google_compute_firewall",
        allows=[{"protocol": "tcp", "ports": ["22"]}],
        sourceRanges=["0.0.0.0/0"],
    ) == {"allow": [{"protocol": "tcp", "ports": ["22"]}], "source_ranges": ["0.0.0.0/0"]}


def test_the_keys_of_a_map_stay_as_they_are() -> None:
    assert after(BUCKET, "google_storage_bucket", labels={"costCenter": "a"}) == {
        "labels": {"costCenter": "a"}
    }


def test_a_scalar_that_terraform_has_as_a_list_becomes_one() -> None:
    assert after(
        "gcp:accesscontextmanager/accessPolicy:AccessPolicy",
        "google_access_context_manager_access_policy",
        scopes="projects/1",
    ) == {"scopes": ["projects/1"]}


def test_what_is_not_known_is_marked_and_absent() -> None:
    seen = change(
        case.resource(
            SQL,
            settings={"ipConfiguration": {"privateNetwork": UNKNOWN, "ipv4Enabled": False}},
            databaseVersion=UNKNOWN,
        ),
        at="google_sql_database_instance.example",
    )
    assert seen["after"] == {"settings": [{"ip_configuration": [{"ipv4_enabled": False}]}]}
    assert seen["after_unknown"] == {
        "id": True,
        "database_version": True,
        "settings": [{"ip_configuration": [{"private_network": True}]}],
    }


def test_an_unknown_element_keeps_its_place() -> None:
    seen = change(
        case.resource("gcp:compute/firewall:Firewall", sourceRanges=["10.0.0.0/8", UNKNOWN]),
        at="google_compute_firewall.example",
    )
    assert seen["after"] == {"source_ranges": ["10.0.0.0/8", None]}
    assert seen["after_unknown"]["source_ranges"] == [False, True]


def test_an_unknown_label_is_marked_by_its_key() -> None:
    seen = change(
        case.resource(BUCKET, labels={"app": "a", "owner": UNKNOWN}),
        at="google_storage_bucket.example",
    )
    assert seen["after"] == {"labels": {"app": "a"}}
    assert seen["after_unknown"]["labels"] == {"owner": True}


@pytest.mark.parametrize("marked", [Secret("correct horse"), "correct horse"])
def test_a_credential_is_named_and_never_shown(marked: Any) -> None:
    plan = terraform_plan(
        stack_of(
            case.resource(USER, password=marked, name="app"),
            case.resource(BUCKET, "said-again", labels={"note": "it is correct horse!"}),
        )
    )
    text = plan.text()
    assert "correct horse" not in text
    user = next(
        item["change"]
        for item in plan.document["resource_changes"]
        if item["type"] == "google_sql_user"
    )
    assert user["after"] == {"name": "app", "password": "(sensitive value)"}
    assert user["after_sensitive"] == {"password": True}


def test_a_secret_that_is_no_text_is_not_known() -> None:
    seen = change(
        case.resource(
            BUCKET,
            requesterPays=Secret(True),  # noqa: FBT003 a value
            labels=Secret({"pin": "7531"}),
            retentionPolicy={"retentionPeriod": Secret(86400)},
            cors=[{"origins": Secret(["https://a.example"])}],
        ),
        at="google_storage_bucket.example",
    )
    assert seen["after"] == {
        "retention_policy": [{}],
        "cors": [{"origin": ["(sensitive value)"]}],
    }
    assert seen["after_sensitive"] == {
        "requester_pays": True,
        "labels": True,
        "retention_policy": [{"retention_period": True}],
        "cors": [{"origin": [True]}],
    }


def test_secret_config_in_plain_text_is_not_shown() -> None:
    stack = Stack("s", "p", secret_config=SecretConfig({"p:token": "1234567890123"}))
    inputs: Mapping[str, Any] = {"name": "a-1234567890123", "defaultEventBasedHold": 1234567890123}
    name = "urn:pulumi:s::p::gcp:storage/bucket:Bucket::b"
    stack.add(Resource(name, resource_type(BUCKET), inputs, stack, property_dependencies={}))
    assert "1234567890123" not in terraform_plan(stack).text()


def test_a_reference_names_the_other_resource() -> None:
    network = case.resource(NETWORK, "vpc")
    subnet = case.resource(SUBNET, "net", network=case.output_of("vpc"), region="us-central1")
    assert expressions(network, subnet, at="google_compute_subnetwork.net") == {
        "network": {"references": ["google_compute_network.vpc.id", "google_compute_network.vpc"]}
    }


def test_a_reference_inside_a_block_stands_in_the_block() -> None:
    network = case.resource(NETWORK, "vpc")
    subnet = case.resource(SUBNET, "net")
    machine = case.resource(
        MACHINE,
        "vm",
        networkInterfaces=[{"subnetwork": case.output_of("net"), "network": case.output_of("vpc")}],
        tags=["a", case.output_of("net")],
        metadata={"net": case.output_of("net")},
    )
    found = expressions(network, subnet, machine, at="google_compute_instance.vm")
    (interface,) = found["network_interface"]
    # Which of the two an input takes Pulumi does not tell; the field's name does.
    assert interface["subnetwork"]["references"][0] == "google_compute_subnetwork.net.id"
    assert interface["network"]["references"][0] == "google_compute_network.vpc.id"
    there = ["google_compute_subnetwork.net.id", "google_compute_subnetwork.net"]
    assert found["tags"] == {"references": there}
    assert found["metadata"] == {"references": there}


def test_a_known_output_is_a_reference_too() -> None:
    stack = Stack("s", "p")
    names = ["urn:pulumi:s::p::gcp:storage/bucket:Bucket::b", "urn:pulumi:s::p::x::access"]
    stack.add(
        Resource(names[0], resource_type(BUCKET), {"name": "data"}, stack, property_dependencies={})
    )
    stack.add(
        Resource(
            names[1],
            resource_type("gcp:storage/bucketIAMMember:BucketIAMMember"),
            {"bucket": "data", "role": "roles/storage.objectViewer"},
            stack,
            property_dependencies={"bucket": [names[0]]},
        )
    )
    configuration = terraform_plan(stack).document["configuration"]["root_module"]["resources"]
    assert [item["expressions"] for item in configuration] == [
        {},
        {"bucket": {"references": ["google_storage_bucket.b.id", "google_storage_bucket.b"]}},
    ]


def test_a_resource_as_a_value_is_not_known_and_refers() -> None:
    stack = stack_of(case.resource(NETWORK, "vpc"))
    (network,) = stack
    stack.add(
        Resource(
            "urn:pulumi:case::cases::gcp:compute/subnetwork:Subnetwork::net",
            resource_type(SUBNET),
            {"network": ResourceReference(network.urn), "region": ResourceReference("urn:other")},
            stack,
            property_dependencies={},
        )
    )
    plan = terraform_plan(stack)
    subnet = plan.document["configuration"]["root_module"]["resources"][1]
    assert subnet["expressions"]["network"]["references"][1] == "google_compute_network.vpc"
    assert plan.document["resource_changes"][1]["change"]["after"] == {}


def test_a_file_is_its_path_and_a_text_its_content() -> None:
    token, at = "gcp:storage/bucketObject:BucketObject", "google_storage_bucket_object"
    assert after(token, at, source=Asset(path="./a.txt")) == {"source": "./a.txt"}
    assert after(token, at, source=Asset(text="hello")) == {"source": "hello"}
    assert after(token, at, source=Asset()) == {}
    archive = AssetArchive(assets={"a.txt": Asset(text="hello")})
    seen = change(case.resource(token, source=archive), at=f"{at}.example")
    assert (seen["after"], seen["after_unknown"]["source"]) == ({}, True)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_not_known(number: float) -> None:
    seen = change(case.resource(DISK, size=number), at="google_compute_disk.example")
    assert (seen["after"], seen["after_unknown"]["size"]) == ({}, True)


def test_each_resource_has_an_address_of_its_own() -> None:
    stack = stack_of(*(case.resource(BUCKET, name) for name in ("a.b", "a/b", "1", "é", "-")))
    plan = terraform_plan(stack)
    assert sorted(plan.urns) == [
        "google_storage_bucket._",
        "google_storage_bucket._-",
        "google_storage_bucket._1",
        "google_storage_bucket.a_b",
        "google_storage_bucket.a_b_2",
    ]
    assert set(plan.urns.values()) == set(stack.resources)


def test_what_terraform_does_not_know_is_named() -> None:
    random = "random:index/randomPassword:RandomPassword"
    plan = terraform_plan(
        stack_of(*(case.resource(random, name) for name in "ab"), case.resource(BUCKET, "c"))
    )
    assert list(plan.urns) == ["google_storage_bucket.c"]
    assert [resource.name for resource in plan.not_seen] == ["a", "b"]
    assert plan.warnings() == [
        f"not in the Terraform plan, as Terraform's provider has no such type: 2 {random}"
    ]


def test_components_and_providers_are_no_resources_of_terraform() -> None:
    stack = Stack("s", "p")
    for token, custom in (("pulumi:providers:gcp", True), ("apex:Api", False)):
        name = f"urn:pulumi:s::p::{token}::x"
        stack.add(Resource(name, resource_type(token), {}, stack, custom=custom))
    plan = terraform_plan(stack)
    assert (plan.urns, plan.not_seen) == ({}, [])


def test_the_plan_has_what_terraforms_format_asks_for() -> None:
    plan = json.loads(terraform_plan(stack_of(case.resource(BUCKET, location="US"))).text())
    assert plan["format_version"] == "1.2"
    assert plan["planned_values"]["root_module"]["resources"] == [
        {
            "address": "google_storage_bucket.example",
            "mode": "managed",
            "type": "google_storage_bucket",
            "name": "example",
            "provider_name": "registry.terraform.io/hashicorp/google",
            "schema_version": 0,
            "values": {"location": "US"},
            "sensitive_values": {},
        }
    ]
    (only,) = plan["resource_changes"]
    assert only["change"]["actions"] == ["create"]
    assert only["change"]["before"] is None
