"""The stack's secrets in Secret Manager."""

from tests.infra.deployment import Deployment, deploy, secret_keys, secret_value

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
USER = "gcp:sql/user:User"


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


def fingerprints(**changes: str) -> dict[str, str]:
    """By secret, what the provider sends it again for."""
    stack = deploy("dev", {key.replace("_", "-"): value for key, value in changes.items()})
    found = {it.name: it.inputs["secretDataWoVersion"] for it in stack.all(VERSION)}
    assert stack.one(USER).inputs["passwordWoVersion"] == int(found["postgres-password"])
    return found


def test_a_secret_that_changed_is_sent_again_and_the_user_is_told_the_same() -> None:
    before = fingerprints()
    after = fingerprints(postgres_password=f"Another-{secret_value('postgres-password')}")
    assert {key for key in before if before[key] != after[key]} == {"postgres-password"}
    assert fingerprints() == before


def test_another_version_sends_every_secret_again() -> None:
    before, after = fingerprints(), fingerprints(secrets_version="2")
    assert all(before[key] != after[key] for key in before)


def test_no_fingerprint_is_in_the_clear() -> None:
    for version in deploy("dev").all(VERSION):
        assert {"secretDataWo", "secretDataWoVersion"} <= version.secret_inputs
        assert version.inputs["secretDataWo"] not in version.inputs["secretDataWoVersion"]


def test_a_secret_that_is_being_rotated_has_two_versions_and_the_newer_one_is_read() -> None:
    key = "jwt-secret-key"
    stack = deploy("dev", {"secret-rotations": f"{key}=2+3, openai-api-key=1"})
    versions = {it.name: it for it in stack.all(VERSION)}
    assert {f"{key}-2", f"{key}-3", "openai-api-key-1"} <= versions.keys()
    assert versions.keys().isdisjoint({key, "openai-api-key"})
    # The older one keeps the value that it has.
    assert versions[f"{key}-2"].ignored == {"secretDataWoVersion"}
    assert versions[f"{key}-3"].ignored == frozenset()
    api = stack.one("gcp:cloudrunv2/service:Service", "apex-api")
    assert versions[f"{key}-3"].urn in {it.urn for it in stack.before(api)}
    assert versions[f"{key}-2"].urn not in {it.urn for it in stack.before(api)}
