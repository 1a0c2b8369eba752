"""The stack's secrets in Secret Manager."""

from tests.infra.deployment import Deployment, deploy, secret_keys, secret_value

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


def test_every_secret_of_the_configuration_is_stored(deployment: Deployment) -> None:
    stored = {version.name: version.inputs for version in deployment.all(VERSION)}
    assert [secret.inputs["secretId"] for secret in deployment.all(SECRET)] == list(stored)
    made_up = {"redis-auth-string", "redis-ca-certificate"}  # by Google; see test_redis.py
    assert stored.keys() - made_up == set(secret_keys())
    for name, version in stored.items():
        assert version["secret"] == f"id-of-{name}"
        assert name in made_up or version["secretDataWo"] == secret_value(name)
        assert "secretData" not in version


def test_secrets_stay_in_the_region() -> None:
    for secret in deploy("dev", {"gcp:region": "europe-west1"}).all(SECRET):
        assert secret.inputs["replication"] == {
            "userManaged": {"replicas": [{"location": "europe-west1"}]}
        }


def test_a_replaced_version_can_be_brought_back(deployment: Deployment) -> None:
    for secret in deployment.all(SECRET):
        assert secret.inputs["versionDestroyTtl"] == f"{7 * 24 * 3600}s"


def test_raising_the_version_sends_every_secret_again() -> None:
    deployment = deploy("dev", {"secrets-version": 2})
    versions = {it.name: it.inputs["secretDataWoVersion"] for it in deployment.all(VERSION)}
    assert {versions[key] for key in secret_keys()} == {"2"}
    assert deployment.one("gcp:sql/user:User").inputs["passwordWoVersion"] == 2
