"""Redis on Memorystore."""

from infra.databases.redis import _bundle
from tests.infra.deployment import Deployment, deploy

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
    # Another instance is made at another time.
    assert {v["secretDataWoVersion"] for v in stored.values()} == {"2026-11-24T00:00:00Z"}


def test_nothing_but_its_clients_reads_its_secrets(deployment: Deployment) -> None:
    readers = {
        grant.name.removesuffix("-redis-auth-string")
        for grant in deployment.all("gcp:secretmanager/secretIamMember:SecretIamMember")
        if grant.name.endswith("-redis-auth-string")
    }
    assert readers == {"apex-api", "apex-worker"}


def test_a_certificate_that_is_not_known_is_none() -> None:
    assert _bundle([]) == ""
