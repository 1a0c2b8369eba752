"""Redis on Memorystore."""

import pytest

from infra.databases.redis import _bundle
from tests.infra.deployment import _COMPUTED, Deployment, deploy

REDIS = "gcp:redis/instance:Instance"


def test_asks_for_tls_and_for_its_string_and_is_private(deployment: Deployment) -> None:
    redis = deployment.one(REDIS).inputs
    assert redis["authEnabled"] is True
    assert redis["transitEncryptionMode"] == "SERVER_AUTHENTICATION"
    assert redis["connectMode"] == "PRIVATE_SERVICE_ACCESS"
    assert redis["authorizedNetwork"] == "id-of-vpc"


def test_waits_for_its_private_network(deployment: Deployment) -> None:
    before = {resource.type for resource in deployment.before(deployment.one(REDIS))}
    assert "gcp:servicenetworking/connection:Connection" in before


def test_is_one_gigabyte_of_the_basic_tier(deployment: Deployment) -> None:
    redis = deployment.one(REDIS).inputs
    assert (redis["tier"], redis["memorySizeGb"]) == ("BASIC", 1)


def test_grows_by_configuration() -> None:
    redis = deploy("dev", {"redis-tier": "STANDARD_HA", "redis-memory-size": 5}).one(REDIS)
    assert (redis.inputs["tier"], redis.inputs["memorySizeGb"]) == ("STANDARD_HA", 5)


def test_what_google_makes_up_goes_to_secret_manager(deployment: Deployment) -> None:
    stored = {
        version.name: version.inputs
        for version in deployment.all("gcp:secretmanager/secretVersion:SecretVersion")
        if version.name.startswith("redis-")
    }
    assert {name: version["secretDataWo"] for name, version in stored.items()} == {
        "redis-auth-string": "made-up-string",
        "redis-ca-certificate": "first ca\nsecond ca\n",
    }


def test_new_ca_is_a_new_version_and_the_string_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def versions() -> list[str]:
        versions = deploy("dev").all("gcp:secretmanager/secretVersion:SecretVersion")
        return [v.inputs["secretDataWoVersion"] for v in versions if v.name.startswith("redis-")]

    before = versions()
    computed = {**_COMPUTED[REDIS]({}), "serverCaCerts": [{"cert": "third ca"}]}
    monkeypatch.setitem(_COMPUTED, REDIS, lambda _: computed)
    string, ca = versions()
    assert string == before[0]
    assert ca != before[1]


def test_nothing_but_its_clients_reads_its_secrets(deployment: Deployment) -> None:
    readers = {
        grant.name.removesuffix("-redis-auth-string")
        for grant in deployment.all("gcp:secretmanager/secretIamMember:SecretIamMember")
        if grant.name.endswith("-redis-auth-string")
    }
    assert readers == {"apex-api", "apex-worker"}


def test_a_certificate_that_is_not_known_is_none() -> None:
    assert _bundle([]) == ""


def test_clients_are_told_all_but_the_string(deployment: Deployment) -> None:
    [container] = deployment.one("gcp:cloudrunv2/service:Service", "apex-api").inputs["template"][
        "containers"
    ]
    told = {env["name"]: env for env in container["envs"] if env["name"].startswith("REDIS_")}
    assert {name: env["value"] for name, env in told.items() if "value" in env} == {
        "REDIS_HOST": "10.20.0.3",
        "REDIS_PORT": "6378",
        "REDIS_URL": "rediss://10.20.0.3:6378/0",
    }
    secrets = {
        name: env["valueSource"]["secretKeyRef"]["secret"]
        for name, env in told.items()
        if "valueSource" in env
    }
    assert secrets == {
        "REDIS_AUTH_STRING": "id-of-redis-auth-string",
        "REDIS_CA_CERTIFICATE": "id-of-redis-ca-certificate",
    }


def test_is_maintained_on_sunday_mornings(deployment: Deployment) -> None:
    [window] = deployment.one(REDIS).inputs["maintenancePolicy"]["weeklyMaintenanceWindows"]
    assert window["day"] == "SUNDAY"
    assert window["startTime"]["hours"] == 5
