"""Inputs that are made for credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    CERTIFICATEMANAGER_CERTIFICATE,
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_DISK,
    COMPUTE_IMAGE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_MACHINE_IMAGE,
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_REGION_DISK,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    COMPUTE_REGION_SSL_CERTIFICATE,
    COMPUTE_SNAPSHOT,
    COMPUTE_SSL_CERTIFICATE,
    COMPUTE_VPN_TUNNEL,
    DIAGFLOW_CX_WEBHOOK,
    MONITORING_NOTIFICATION_CHANNEL,
    MONITORING_UPTIME_CHECK_CONFIG,
    SECRETMANAGER_REGIONAL_SECRET_VERSION,
    SECRETMANAGER_SECRET_VERSION,
    SQL_DATABASE_INSTANCE,
    SQL_USER,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import ResourceType

PROVIDER: Final = "pulumi:providers:gcp"
PROVIDER_CREDENTIALS: Final = ("credentials", "accessToken")
"""Inputs of the provider itself, which no schema marks."""


CredentialInputs: TypeAlias = Mapping[str, tuple[str, ...]]
"""Paths of inputs by type token, list elements as `[]`."""

_MACHINE_KEYS = (
    "bootDisk.diskEncryptionKeyRaw",
    "bootDisk.initializeParams.sourceImageEncryptionKey.rawKey",
    "bootDisk.initializeParams.sourceSnapshotEncryptionKey.rawKey",
    "attachedDisks[].diskEncryptionKeyRaw",
)
_TEMPLATE_KEYS = (
    "disks[].sourceImageEncryptionKey.rawKey",
    "disks[].sourceSnapshotEncryptionKey.rawKey",
)
_SOURCE_KEYS = ("sourceImageEncryptionKey.rawKey", "sourceSnapshotEncryptionKey.rawKey")

ALLOYDB_PASSWORDS: Final[CredentialInputs] = {
    ALLOYDB_CLUSTER: ("initialUser.password", "initialUser.passwordWo"),
}

DISK_KEYS: Final[CredentialInputs] = {
    COMPUTE_DISK: (
        "diskEncryptionKey.rawKey",
        "diskEncryptionKey.rawKeyWo",
        *_SOURCE_KEYS,
    ),
    COMPUTE_REGION_DISK: ("diskEncryptionKey.rawKey", *_SOURCE_KEYS),
    COMPUTE_IMAGE: (
        "imageEncryptionKey.rawKey",
        "sourceDiskEncryptionKey.rawKey",
        *_SOURCE_KEYS,
    ),
    COMPUTE_SNAPSHOT: (
        "snapshotEncryptionKey.rawKey",
        "sourceDiskEncryptionKey.rawKey",
    ),
    COMPUTE_MACHINE_IMAGE: ("machineImageEncryptionKey.rawKey",),
    COMPUTE_INSTANCE: _MACHINE_KEYS,
    COMPUTE_INSTANCE_FROM_TEMPLATE: _MACHINE_KEYS,
    COMPUTE_INSTANCE_TEMPLATE: _TEMPLATE_KEYS,
    COMPUTE_REGION_INSTANCE_TEMPLATE: _TEMPLATE_KEYS,
}

WEBHOOK_SECRETS: Final[CredentialInputs] = {
    DIAGFLOW_CX_WEBHOOK: tuple(
        f"{service}.{path}"
        for service in ("genericWebService", "serviceDirectory.genericWebService")
        for path in (
            "oauthConfig.clientSecret",
            "requestHeaders.Authorization",
            "requestHeaders.authorization",
        )
    ),
}

CERTIFICATE_KEYS: Final[CredentialInputs] = {
    COMPUTE_SSL_CERTIFICATE: ("privateKey", "privateKeyWo"),
    COMPUTE_REGION_SSL_CERTIFICATE: (
        "privateKey",
        "privateKeyWo",
    ),
    CERTIFICATEMANAGER_CERTIFICATE: (
        "selfManaged.pemPrivateKey",
        "selfManaged.pemPrivateKeyWo",
        "selfManaged.privateKeyPem",
    ),
}

IAP_CLIENT_SECRETS: Final[CredentialInputs] = {
    COMPUTE_BACKEND_SERVICE: (
        "iap.oauth2ClientSecret",
        "iap.oauth2ClientSecretWo",
    ),
    COMPUTE_REGION_BACKEND_SERVICE: ("iap.oauth2ClientSecret",),
}

CHANNEL_SECRETS: Final[CredentialInputs] = {
    MONITORING_NOTIFICATION_CHANNEL: (
        "sensitiveLabels.authToken",
        "sensitiveLabels.authTokenWo",
        "sensitiveLabels.password",
        "sensitiveLabels.passwordWo",
        "sensitiveLabels.serviceKey",
        "sensitiveLabels.serviceKeyWo",
        "labels.auth_token",
        "labels.password",
        "labels.service_key",
    ),
}

UPTIME_CHECK_PASSWORDS: Final[CredentialInputs] = {
    MONITORING_UPTIME_CHECK_CONFIG: (
        "httpCheck.authInfo.password",
        "httpCheck.authInfo.passwordWo",
        "httpCheck.headers.Authorization",
        "httpCheck.headers.authorization",
    ),
}

SECRET_DATA: Final[CredentialInputs] = {
    SECRETMANAGER_SECRET_VERSION: ("secretData", "secretDataWo"),
    SECRETMANAGER_REGIONAL_SECRET_VERSION: (
        "secretData",
        "secretDataWo",
    ),
}

REPLICA_PASSWORDS: Final[CredentialInputs] = {
    SQL_DATABASE_INSTANCE: (
        "replicaConfiguration.password",
        "replicaConfiguration.clientKey",
    ),
}

ROOT_PASSWORDS: Final[CredentialInputs] = {
    SQL_DATABASE_INSTANCE: ("rootPassword", "rootPasswordWo")
}

USER_PASSWORDS: Final[CredentialInputs] = {SQL_USER: ("password", "passwordWo")}

VPN_SECRETS: Final[CredentialInputs] = {COMPUTE_VPN_TUNNEL: ("sharedSecret", "sharedSecretWo")}

_ALL: Final = (
    ALLOYDB_PASSWORDS,
    DISK_KEYS,
    WEBHOOK_SECRETS,
    CERTIFICATE_KEYS,
    IAP_CLIENT_SECRETS,
    CHANNEL_SECRETS,
    UPTIME_CHECK_PASSWORDS,
    SECRET_DATA,
    REPLICA_PASSWORDS,
    ROOT_PASSWORDS,
    USER_PASSWORDS,
    VPN_SECRETS,
)

_NAMED: Final = {
    **{
        token: frozenset(path for inputs in _ALL for path in inputs.get(token, ()))
        for token in sorted({token for inputs in _ALL for token in inputs})
    },
    PROVIDER: frozenset(PROVIDER_CREDENTIALS),
}


def has_own_rule(token: str, pattern: str) -> bool:
    """Whether a rule of its own asks what is written in an input; list elements as `[]`."""
    return pattern in _NAMED.get(token, ())


def takes_credentials(resource_type: ResourceType) -> bool:
    """Whether the type has inputs that are made for credentials."""
    return bool(resource_type.sensitive) or resource_type.token in _NAMED


def credential_paths(resource: Resource) -> tuple[str, ...]:
    """The paths of credential inputs that the program gives, known or not."""
    return resource.once(_credential_paths)


def _credential_paths(resource: Resource) -> tuple[str, ...]:
    return tuple(path for pattern in _patterns(resource.type) for path in resource.paths(pattern))


@lru_cache
def _patterns(resource_type: ResourceType) -> list[str]:
    return sorted({*resource_type.sensitive, *_NAMED.get(resource_type.token, ())})


def is_credential_input(resource: Resource, path: str) -> bool:
    """Whether the input at a path, or one around it, is made for a credential."""
    pattern = re.sub(r"\[\d+\]", "[]", path)
    inputs = _patterns(resource.type)
    return any(pattern == known or pattern.startswith(f"{known}.") for known in inputs)
