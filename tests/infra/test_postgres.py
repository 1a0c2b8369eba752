"""PostgreSQL on Cloud SQL."""

import re
from typing import Any

import pytest

from infra.config.types import POSTGRES_USER
from tests.infra.deployment import Deployment, deploy, secret_value

SQL = "gcp:sql/databaseInstance:DatabaseInstance"


def settings(deployment: Deployment) -> dict[str, Any]:
    return dict(deployment.one(SQL).inputs["settings"])


def test_instance_is_reached_privately_and_encrypted_only(deployment: Deployment) -> None:
    assert settings(deployment)["ipConfiguration"] == {
        "ipv4Enabled": False,
        "privateNetwork": "id-of-vpc",
        "sslMode": "ENCRYPTED_ONLY",
    }


def test_instance_waits_for_its_private_network(deployment: Deployment) -> None:
    before = {resource.type for resource in deployment.before(deployment.one(SQL))}
    assert "gcp:servicenetworking/connection:Connection" in before
    assert "gcp:compute/network:Network" in before


def test_instance_is_postgresql_17_of_the_enterprise_edition(deployment: Deployment) -> None:
    assert deployment.one(SQL).inputs["databaseVersion"] == "POSTGRES_17"
    assert settings(deployment)["edition"] == "ENTERPRISE"


def test_backups_stay_in_the_region_and_reach_back_a_week(deployment: Deployment) -> None:
    backups = settings(deployment)["backupConfiguration"]
    assert backups["enabled"] is True
    assert backups["location"] == deployment.one(SQL).inputs["region"] == "us-central1"
    assert backups["pointInTimeRecoveryEnabled"] is True
    assert backups["transactionLogRetentionDays"] == 7
    assert backups["backupRetentionSettings"]["retainedBackups"] >= 7
    assert settings(deployment)["retainBackupsOnDelete"] is True


def test_flags_are_those_of_the_cis_benchmark(deployment: Deployment) -> None:
    flags = {flag["name"]: flag["value"] for flag in settings(deployment)["databaseFlags"]}
    assert flags == {
        "log_error_verbosity": "default",
        "log_connections": "on",
        "log_disconnections": "on",
        "log_statement": "ddl",
        "log_min_messages": "warning",
        "log_min_error_statement": "error",
        "log_min_duration_statement": "-1",
        "cloudsql.enable_pgaudit": "on",
        "pgaudit.log": "ddl,role",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
        "log_temp_files": "0",
        "cloudsql.iam_authentication": "on",
    }


def test_disk_grows_but_not_without_limit(deployment: Deployment) -> None:
    disk = settings(deployment)
    assert disk["diskAutoresize"] is True
    assert 0 < disk["diskSize"] < disk["diskAutoresizeLimit"]


def test_insights_and_a_maintenance_window_are_set(deployment: Deployment) -> None:
    assert settings(deployment)["insightsConfig"]["queryInsightsEnabled"] is True
    assert settings(deployment)["insightsConfig"]["recordClientAddress"] is False
    assert settings(deployment)["maintenanceWindow"] == {
        "day": 7,
        "hour": 5,
        "updateTrack": "stable",
    }


def test_users_have_passwords_that_hold(deployment: Deployment) -> None:
    assert settings(deployment)["passwordValidationPolicy"] == {
        "enablePasswordPolicy": True,
        "minLength": 16,
        "complexity": "COMPLEXITY_DEFAULT",
        "disallowUsernameSubstring": True,
    }
    user = deployment.one("gcp:sql/user:User").inputs
    assert user["name"] == POSTGRES_USER
    assert user["passwordWo"] == secret_value("postgres-password")
    assert "password" not in user


def test_database_and_user_go_with_the_instance(dev: Deployment, production: Deployment) -> None:
    for deployment in (dev, production):
        for type_ in ("gcp:sql/database:Database", "gcp:sql/user:User"):
            resource = deployment.one(type_).inputs
            assert resource["instance"] == "postgres"
            assert resource["deletionPolicy"] == "ABANDON"


def test_an_instance_that_was_restored_is_taken_over_with_all_that_is_in_it(stack: str) -> None:
    deployment = deploy(stack, {"database-instance": "postgres-restored", "name-suffix": "2"})
    project = deployment.outputs["project_id"]
    instance = f"projects/{project}/instances/postgres-restored"
    assert {it.name: it.taken_over for it in deployment.resources if it.taken_over} == {
        "postgres": instance,
        "database": f"{instance}/databases/apex_memory",
        "user": f"{project}/postgres-restored/apex",
    }
    assert deployment.one(SQL).inputs["name"] == "postgres-restored"
    assert deployment.outputs["postgres_connection"].endswith(":postgres-restored")
    alerts = [
        policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
        for policy in deployment.all("gcp:monitoring/alertPolicy:AlertPolicy")
    ]
    watched = {found for query in alerts for found in re.findall(r'database_id="([^"]*)"', query)}
    assert watched == {f"{project}:postgres-restored"}
    pool = deployment.one("gcp:iam/workloadIdentityPool:WorkloadIdentityPool").inputs
    assert pool["workloadIdentityPoolId"] == "github-2"


def test_nothing_is_taken_over_unless_it_is_named(deployment: Deployment) -> None:
    assert not [it.name for it in deployment.resources if it.taken_over]


def test_a_protected_instance_that_another_one_takes_the_place_of_is_kept(
    stack: str, deployment: Deployment
) -> None:
    retained = {it.name for it in deployment.resources if it.retained}
    assert retained == (set() if stack == "dev" else {"postgres"})
    assert not deploy("production", {"unprotected": "postgres"}).one(SQL).retained


@pytest.mark.parametrize(("suffix", "name"), [("", "postgres"), ("2", "postgres-2")])
def test_name_takes_a_suffix(suffix: str, name: str) -> None:
    deployment = deploy("dev", {"name-suffix": suffix})
    assert deployment.one(SQL).inputs["name"] == name
    assert deployment.outputs["postgres_connection"].endswith(f":{name}")
