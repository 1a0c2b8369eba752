"""What the provider's schema says of types."""

from __future__ import annotations

import pytest

from apex_guardrails.model import ResourceType
from apex_guardrails.model.resource_type import is_labelable
from apex_guardrails.provider import resource_type, type_schema
from apex_guardrails.provider.schema import tokens


@pytest.mark.parametrize(
    ("token", "path", "default_labels"),
    [
        ("gcp:secretmanager/secret:Secret", "labels", True),
        ("gcp:container/cluster:Cluster", "resourceLabels", True),
        ("gcp:sql/databaseInstance:DatabaseInstance", "settings.userLabels", False),
        ("gcp:monitoring/alertPolicy:AlertPolicy", "userLabels", False),
        # Its `labels` hold the mail address.
        ("gcp:monitoring/notificationChannel:NotificationChannel", "userLabels", False),
        ("gcp:monitoring/metricDescriptor:MetricDescriptor", None, False),
        ("gcp:compute/firewall:Firewall", None, False),
        ("random:index/randomPassword:RandomPassword", None, False),
    ],
)
def test_which_input_holds_labels(token: str, path: str | None, default_labels: bool) -> None:
    kind = resource_type(token)

    assert kind.labels == path
    assert kind.default_labels is default_labels
    assert is_labelable(kind) is (path is not None)


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("gcp:sql/user:User", "password"),
        ("gcp:sql/user:User", "passwordWo"),
        ("gcp:secretmanager/secretVersion:SecretVersion", "secretData"),
        ("gcp:secretmanager/secretVersion:SecretVersion", "secretDataWo"),
        ("gcp:sql/databaseInstance:DatabaseInstance", "replicaConfiguration.password"),
        ("gcp:monitoring/notificationChannel:NotificationChannel", "sensitiveLabels.authToken"),
        # Credentials that the provider does not mark.
        ("gcp:identityplatform/oauthIdpConfig:OauthIdpConfig", "clientSecret"),
        ("gcp:oracledatabase/autonomousDatabase:AutonomousDatabase", "adminPassword"),
    ],
)
def test_which_inputs_hold_credentials(token: str, path: str) -> None:
    assert path in resource_type(token).sensitive


def test_what_only_goes_with_a_credential_is_none() -> None:
    bucket_object = resource_type("gcp:storage/bucketObject:BucketObject")
    assert bucket_object.sensitive == ("customerEncryption.encryptionKey",)

    certificate = resource_type("gcp:compute/sSLCertificate:SSLCertificate")
    assert set(certificate.sensitive) == {"privateKey", "privateKeyWo"}

    instance = resource_type("gcp:sql/databaseInstance:DatabaseInstance")
    assert "replicaConfiguration.username" not in instance.sensitive
    assert "serverCaCerts" not in instance.sensitive  # an output


def test_of_other_providers_nothing_is_known() -> None:
    token = "random:index/randomPassword:RandomPassword"
    assert type_schema(token) is None
    assert resource_type(token) == ResourceType(token)


def test_every_type_can_be_read() -> None:
    names = list(tokens())
    assert len(names) == len(set(names)) > 1000
    for name in names:
        schema = type_schema(name)
        assert schema is not None
        assert schema.token == name


@pytest.mark.parametrize(
    ("token", "paths"),
    [
        ("gcp:storage/bucket:Bucket", ("location",)),
        ("gcp:dataflow/job:Job", ("region", "zone")),
        ("gcp:compute/network:Network", ()),
        ("random:index/randomPassword:RandomPassword", ()),
    ],
)
def test_which_inputs_say_where_a_resource_is(token: str, paths: tuple[str, ...]) -> None:
    assert resource_type(token).locations == paths


@pytest.mark.parametrize(
    ("token", "path"),
    [
        # Of version 10, below the top: a credential that the provider writes and never reads.
        ("gcp:compute/disk:Disk", "diskEncryptionKey.rawKeyWo"),
        ("gcp:compute/backendService:BackendService", "iap.oauth2ClientSecretWo"),
    ],
)
def test_the_newest_version_s_credentials_are_known_at_every_depth(token: str, path: str) -> None:
    assert path in resource_type(token).sensitive
