"""The inputs of a plan's resources, as a Pulumi program would give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.model import UNKNOWN, Secret
from tests.policies.sources.plan.plans import Item, at, plan, ref, state, told

INSTANCE = "google_sql_database_instance.main"


def instance(
    values: dict[str, Any], unknown: Any = None, expressions: dict[str, Any] | None = None
) -> Item:
    return Item(INSTANCE, values, unknown=unknown, expressions=expressions)


def inputs(folder: Path, item: Item) -> Any:
    return at(told(folder, plan(item)), item.head["address"]).value


def test_blocks_names_and_defaults(tmp_path: Path) -> None:
    made = inputs(
        tmp_path,
        instance(
            {
                "name": "main",
                "database_version": "POSTGRES_17",
                "deletion_protection": True,
                "encryption_key_name": None,
                "clone": [],
                "settings": [
                    {
                        "tier": "db-f1-micro",
                        "edition": "ENTERPRISE",
                        "user_labels": {"cost_center": "x"},
                        "database_flags": [{"name": "log_connections", "value": "on"}],
                        "ip_configuration": [{"ipv4_enabled": False, "authorized_networks": []}],
                        "time_zone": "",
                    }
                ],
                "timeouts": None,
            },
        ),
    )
    assert made == {
        "name": "main",
        "databaseVersion": "POSTGRES_17",
        "deletionProtection": True,
        "settings": {
            "tier": "db-f1-micro",
            "edition": "ENTERPRISE",
            # The program's own keys stay as they are.
            "userLabels": {"cost_center": "x"},
            "databaseFlags": [{"name": "log_connections", "value": "on"}],
            "ipConfiguration": {"ipv4Enabled": False},
        },
    }


def test_what_is_not_known_is_an_input_where_the_configuration_gives_it(tmp_path: Path) -> None:
    network = ref("google_compute_network.vpc.id", "google_compute_network.vpc")
    made = inputs(
        tmp_path,
        instance(
            {"name": "main", "settings": [{"tier": "db-f1-micro", "ip_configuration": [{}]}]},
            unknown={
                "id": True,
                "self_link": True,
                "project": True,
                "region": True,
                "encryption_key_name": True,
                "settings": [
                    {
                        "version": True,
                        "disk_size": True,
                        "ip_configuration": [{"private_network": True, "server_ca_mode": True}],
                    }
                ],
            },
            expressions={
                "name": {"constant_value": "main"},
                # A function's result refers to nothing, and is given all the same.
                "encryption_key_name": {},
                "settings": [
                    {
                        "tier": {"constant_value": "db-f1-micro"},
                        "ip_configuration": [{"private_network": network}],
                    }
                ],
            },
        ),
    )
    assert made == {
        "name": "main",
        "encryptionKeyName": UNKNOWN,
        "settings": {"tier": "db-f1-micro", "ipConfiguration": {"privateNetwork": UNKNOWN}},
    }


def test_blocks_that_are_made_of_others_may_give_anything(tmp_path: Path) -> None:
    made = inputs(
        tmp_path,
        instance(
            {"settings": [{"tier": "db-f1-micro"}]},
            unknown={"settings": [{"disk_size": True}]},
            # A `dynamic` block is not in the expressions.
            expressions={},
        ),
    )
    assert made["settings"] == {"tier": "db-f1-micro", "diskSize": UNKNOWN}


def test_lists_and_maps_of_which_a_part_is_not_known(tmp_path: Path) -> None:
    made = inputs(
        tmp_path,
        Item(
            "google_compute_firewall.f",
            {
                "source_ranges": ["10.0.0.0/8", None],
                "allow": [{"protocol": "tcp", "ports": ["22"]}],
            },
            unknown={"source_ranges": [False, True], "allow": [{"ports": [False]}]},
        ),
    )
    assert made["sourceRanges"] == ["10.0.0.0/8", UNKNOWN]
    assert made["allows"] == [{"protocol": "tcp", "ports": ["22"]}]
    labels = inputs(
        tmp_path,
        Item(
            "google_storage_bucket.b",
            {"labels": {"app": "x"}},
            unknown={"labels": {"owner": True}, "effective_labels": True},
        ),
    )
    assert labels["labels"] == {"app": "x", "owner": UNKNOWN}


def test_what_is_secret(tmp_path: Path) -> None:
    made = inputs(
        tmp_path,
        Item(
            "google_sql_user.app",
            {"name": "app", "password": "correct horse", "password_wo": None, "instance": "main"},
            sensitive={"password": True},
            expressions={
                "password": ref("var.password"),
                "password_wo": {"constant_value": "written here"},
            },
        ),
    )
    assert made["password"] == Secret("correct horse")
    # What Terraform keeps nowhere stands in the configuration.
    assert made["passwordWo"] == Secret("written here")
    made = inputs(
        tmp_path, Item("google_sql_user.app", {}, expressions={"password_wo": ref("var.password")})
    )
    assert made["passwordWo"] == Secret(UNKNOWN)
    # The provider's schema knows which input is secret where the plan does not mark it.
    made = inputs(tmp_path, Item("google_sql_user.app", {"password": "correct horse"}))
    assert made["password"] == Secret("correct horse")


def test_outputs_are_no_inputs(tmp_path: Path) -> None:
    item = Item(
        INSTANCE,
        {
            "id": "main",
            "self_link": "https://x/main",
            "name": "main",
            "private_ip_address": "10.1.2.3",
        },
        actions=["no-op"],
        unknown={},
    )
    for document in (plan(item), state(item)):
        made = at(told(tmp_path, document), INSTANCE)
        assert made.value == {"name": "main"}
        assert made.outputs is not None
        assert made.outputs["privateIpAddress"] == "10.1.2.3"
        assert "https://x/main" in made.computed_texts()


@pytest.mark.parametrize(
    ("kind", "provider", "token"),
    [
        ("google_compute_network", "google-beta", "gcp:compute/network:Network"),
        ("google_new_thing", "google", "gcp:index/newThing:NewThing"),
        ("random_password", "random", "random:index/randomPassword:RandomPassword"),
        ("tls_private_key", "tls", "tls:index/privateKey:PrivateKey"),
        ("aws_s3_bucket", "aws", "aws:index/s3Bucket:S3Bucket"),
        ("terraform_data", "terraform", "terraform:index/data:Data"),
    ],
)
def test_types(tmp_path: Path, kind: str, provider: str, token: str) -> None:
    item = Item(f"{kind}.x", {"a_b": 1}, provider=f"registry.opentofu.org/x/{provider}")
    made = at(told(tmp_path, plan(item)), f"{kind}.x")
    assert made.type.token == token
    assert made.urn == f"urn:pulumi:dev::terraform::{token}::{kind}.x"


def test_what_an_older_provider_has_is_read_as_todays(tmp_path: Path) -> None:
    made = inputs(
        tmp_path,
        instance(
            {
                "name": "main",
                "database_version": "POSTGRES_15",
                "settings": [{"tier": "t", "ip_configuration": [{"require_ssl": True}]}],
            }
        ),
    )
    assert made["settings"]["ipConfiguration"] == {"sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}
