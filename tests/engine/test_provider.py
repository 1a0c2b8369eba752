"""The tests' provider does to a program what the real one does, as far as tests rely on it."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest

from tests.engine.harness import Engine, Program
from tests.engine.provider.server import Provider
from tests.engine.provider.values import UNKNOWN


def database(**inputs: Any) -> Program:
    """A program with one small SQL instance, not protected unless told so."""
    given: dict[str, Any] = {
        "deletion_protection": False,
        "settings": {"tier": "db-f1-micro"},
        **inputs,
    }

    def program() -> None:
        instance = gcp.sql.DatabaseInstance("db", database_version="POSTGRES_17", **given)
        pulumi.export("name", instance.name)
        pulumi.export("address", instance.private_ip_address)

    return program


def test_a_preview_fills_in_defaults_and_a_name(engine: Engine) -> None:
    def program() -> None:
        gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_17",
            settings={
                "tier": "db-f1-micro",
                "backup_configuration": {"backup_retention_settings": {"retained_backups": 7}},
            },
        )
        gcp.compute.Firewall("wall", network="a-network", name="given")

    run = engine.stack(program).preview()

    instance = run.inputs("db")
    assert re.fullmatch("db-[0-9a-f]{7}", instance["name"])
    assert instance["deletionProtection"] is True
    assert instance["settings"]["pricingPlan"] == "PER_USE"
    backups = instance["settings"]["backupConfiguration"]["backupRetentionSettings"]
    assert backups == {"retainedBackups": 7, "retentionUnit": "COUNT"}
    assert run.inputs("wall") == {
        "name": "given",
        "network": "a-network",
        "priority": 1000,
    }


def test_a_default_gives_way_to_what_excludes_it(engine: Engine) -> None:
    def program() -> None:
        gcp.container.Cluster("plain", location="us-central1")
        gcp.container.Cluster("autopilot", location="us-central1", enable_autopilot=True)

    run = engine.stack(program).preview()

    assert run.inputs("plain")["enableShieldedNodes"] is True
    assert "enableShieldedNodes" not in run.inputs("autopilot")


def test_what_the_api_computes_is_unknown_until_it_is_created(engine: Engine) -> None:
    stack = engine.stack(database(), config={"gcp:project": "a-test"})

    planned = stack.preview().resource_outputs("db")
    assert planned["connectionName"] == UNKNOWN
    assert planned["settings"]["version"] == UNKNOWN
    assert planned["project"] == "a-test"

    created = stack.up()
    name = created.outputs["name"]
    assert created.resource_outputs("db")["connectionName"] == f"a-test:us-central1:{name}"
    assert created.outputs["address"].startswith("10.")


def test_the_same_program_changes_nothing_and_an_edited_one_only_what_it_must(
    engine: Engine,
) -> None:
    stack = engine.stack(database())
    first = stack.up()
    assert first.changes == {"create": 2}

    second = stack.up()
    assert second.changes == {"same": 2}
    assert second.outputs == first.outputs

    stack.program = database(settings={"tier": "db-g1-small"})
    edited = stack.up()
    assert edited.changes == {"same": 1, "update": 1}
    assert edited.outputs == first.outputs

    stack.program = database(settings={"tier": "db-g1-small"}, region="europe-west1")
    moved = stack.preview()
    assert moved.changes == {"same": 1, "replace": 1}
    assert moved.steps("db") == ["create-replacement", "replace", "delete-replaced"]

    assert stack.destroy().changes == {"delete": 2}


@pytest.mark.parametrize(
    ("protection", "key"),
    [
        ({"deletion_protection": True}, "deletionProtection"),
        (
            {"settings": {"tier": "db-f1-micro", "deletion_protection_enabled": True}},
            "settings.deletionProtectionEnabled",
        ),
    ],
)
def test_a_protected_instance_is_not_destroyed(
    engine: Engine, protection: dict[str, Any], key: str
) -> None:
    stack = engine.stack(database(**protection))
    assert stack.up().succeeded

    refused = stack.destroy()
    assert not refused.succeeded
    assert f"cannot destroy db: {key} is True" in refused.output

    stack.program = database()
    assert stack.up().changes == {"same": 1, "update": 1}
    assert stack.destroy().succeeded


def test_secrets_stay_secret(engine: Engine) -> None:
    def program() -> None:
        word = pulumi.Config().require_secret("word")
        flags: list[gcp.sql.DatabaseInstanceSettingsDatabaseFlagArgsDict] = [
            {"name": "a", "value": word},
            {"name": "b", "value": "on"},
        ]
        instance = gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_17",
            settings={"tier": "db-f1-micro", "user_labels": {"a": word}, "database_flags": flags},
        )
        gcp.sql.User("user", instance=instance.name, password="not-from-config")
        pulumi.export("word", word)

    stack = engine.stack(program, secrets={"word": "xyzzy-plugh"})

    run = stack.up()

    settings = run.inputs("db")["settings"]
    assert settings["userLabels"] == {"a": "[secret]"}
    assert settings["databaseFlags"] == "[secret]"  # one secret element hides the list
    assert run.inputs("user")["password"] == "[secret]"
    assert run.outputs["word"] == "xyzzy-plugh"
    for text in (stack.state(), run.output):
        assert "xyzzy" not in text
        assert "not-from-config" not in text


def test_labels_come_from_the_resource_its_provider_and_the_config(engine: Engine) -> None:
    def program() -> None:
        other = gcp.Provider("other", project="elsewhere", default_labels={"env": "test"})
        mine = {"team": "a"}
        one = gcp.storage.Bucket("one", location="EU", labels=mine)
        two = gcp.storage.Bucket("two", location="EU", opts=pulumi.ResourceOptions(provider=other))
        for bucket in (one, two):
            labels = pulumi.Output.unsecret(bucket.effective_labels)
            pulumi.export(bucket._name, [bucket.project, labels])

    config = {"gcp:project": "here", "gcp:defaultLabels": '{"owner": "platform"}'}
    outputs = engine.stack(program, config=config).up().outputs

    added = {"goog-pulumi-provisioned": "true"}
    assert outputs["one"] == ["here", {"team": "a", "owner": "platform", **added}]
    assert outputs["two"] == ["elsewhere", {"env": "test", **added}]


@pytest.mark.parametrize(
    ("inputs", "mistake"),
    [
        ({"name": "a"}, "Missing required property 'instance'"),
        (
            {"instance": "i", "password": "a", "passwordWo": "b"},
            "password conflicts with passwordWo",
        ),
        ({"instance": "i", "pasword": "a"}, "pasword is no property of this resource"),
        ({"instance": "i", "iamEmail": "a"}, "iamEmail cannot be set: it is an output"),
    ],
)
def test_wrong_inputs_are_refused(engine: Engine, inputs: dict[str, Any], mistake: str) -> None:
    run = engine.stack(lambda: pulumi.CustomResource("gcp:sql/user:User", "user", inputs)).preview()

    assert not run.succeeded
    assert mistake in run.output


def test_a_creation_can_fail_once(engine: Engine, provider: Provider) -> None:
    stack = engine.stack(database())
    provider.fail_once.add("db")

    failed = stack.up()
    assert not failed.succeeded
    assert "Error creating db: the service is currently unavailable" in failed.output

    assert stack.up().changes == {"same": 1, "create": 1}


def test_existing_resources_and_the_client_are_looked_up(engine: Engine) -> None:
    def program() -> None:
        network = gcp.compute.Network.get("found", "projects/p/networks/existing")
        pulumi.export("network", network.name)
        pulumi.export("number", gcp.organizations.get_project().number)
        pulumi.export("region", gcp.organizations.get_client_config().region)

    outputs = engine.stack(program, config={"gcp:region": "us-east1"}).up().outputs

    assert outputs == {"network": "existing", "number": "123456789012", "region": "us-east1"}


def test_a_function_without_an_answer_is_named(engine: Engine) -> None:
    run = engine.stack(lambda: gcp.compute.get_image(name="debian")).preview()

    assert not run.succeeded
    assert "no answer for gcp:compute/getImage:getImage" in run.output


def test_a_secret_that_somebody_reads_is_not_disabled(engine: Engine) -> None:
    """In Google Cloud it would be, and the service would not start again."""

    def program(*, version: bool) -> None:
        secret = gcp.secretmanager.Secret("read", secret_id="read", replication={"auto": {}})
        if version:
            gcp.secretmanager.SecretVersion("read", secret=secret.id, secret_data_wo="value")
        reference: Any = {"secret_key_ref": {"secret": secret.id, "version": "1"}}
        container: Any = {"image": "api", "envs": [{"name": "KEY", "value_source": reference}]}
        gcp.cloudrunv2.Service(
            "api", name="api", location="us-central1", template={"containers": [container]}
        )

    stack = engine.stack(lambda: program(version=True))
    assert stack.up().succeeded
    stack.program = lambda: program(version=False)
    run = stack.up()
    assert not run.succeeded
    assert "cannot destroy read: it is what 'projects/a-project/services/api' reads" in run.output
