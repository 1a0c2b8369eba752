"""Inputs that are made for credentials, and a family of rules about what is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

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
from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Rule, rule
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import ResourceType
from apex_guardrails.model.services import service_of
from apex_guardrails.model.value import Value, parse_path
from apex_guardrails.model.view import Origin
from apex_guardrails.model.violation import Violation

PROVIDER: Final = "pulumi:providers:gcp"
PROVIDER_CREDENTIALS: Final = ("credentials", "accessToken")
"""Inputs of the provider itself, which no schema marks."""


@dataclass(frozen=True, kw_only=True)
class CredentialInputs:
    """Credential inputs that have a rule of their own.

    Attributes:
        inputs: the paths by type token, list elements as `[]`.
    """

    id: str
    inputs: Mapping[str, tuple[str, ...]]
    title: str
    why: str
    fix: str
    severity: str = "critical"
    controls: tuple[str, ...] = ()


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

# The catalogue wants some of these to be unset, or to be unknown: neither is needed, as a value
# that another resource makes or that secret config brings is not in the program.
TABLE: Final = (
    CredentialInputs(
        id="alloydb-initial-password-not-literal",
        inputs={
            ALLOYDB_CLUSTER: ("initialUser.password", "initialUser.passwordWo"),
        },
        title="AlloyDB initial user passwords are not written in the program.",
        why="Everyone who reads the repository can log in as the database's superuser.",
        fix="Set initial_user.password_wo from secret config, or generate it.",
    ),
    CredentialInputs(
        id="compute-no-raw-disk-key",
        inputs={
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
        },
        title="Disk encryption keys are not written in the program.",
        why="Everyone who reads the repository can decrypt the disk.",
        fix="Use a Cloud KMS key (kms_key_self_link), or take the raw key from secret config.",
        controls=("trivy:GCP-0037",),
    ),
    CredentialInputs(
        # That its address is https, which the catalogue puts in here, is another fact.
        id="dialogflow-cx-webhook-secrets",
        inputs={
            DIAGFLOW_CX_WEBHOOK: tuple(
                f"{service}.{path}"
                for service in ("genericWebService", "serviceDirectory.genericWebService")
                for path in (
                    "oauthConfig.clientSecret",
                    "requestHeaders.Authorization",
                    "requestHeaders.authorization",
                )
            ),
        },
        title="Dialogflow CX webhook secrets are not written in the program.",
        why="Everyone who reads the repository can call the webhook as Dialogflow does.",
        fix="Use secret_version_for_client_secret and secret_versions_for_request_headers.",
        severity="high",
    ),
    CredentialInputs(
        id="lb-certificate-private-key-not-literal",
        inputs={
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
        },
        title="Private keys of certificates are not written in the program.",
        why="Everyone who reads the repository can impersonate the site.",
        fix="Use a Google-managed certificate, or take private_key_wo from secret config.",
    ),
    CredentialInputs(
        id="lb-iap-client-secret-not-literal",
        inputs={
            COMPUTE_BACKEND_SERVICE: (
                "iap.oauth2ClientSecret",
                "iap.oauth2ClientSecretWo",
            ),
            COMPUTE_REGION_BACKEND_SERVICE: ("iap.oauth2ClientSecret",),
        },
        title="IAP client secrets are not written in the program.",
        why="Anyone with the secret can forge logins.",
        fix="Use Google's own client (leave it out), or take the secret from secret config.",
    ),
    CredentialInputs(
        id="monitoring-channel-secrets-not-literal",
        inputs={
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
        },
        title="Notification channel tokens are not written in the program.",
        why="Anyone with the token can post or read as your organization.",
        fix="Set sensitive_labels from secret config.",
    ),
    CredentialInputs(
        id="monitoring-uptime-check-password-not-literal",
        inputs={
            MONITORING_UPTIME_CHECK_CONFIG: (
                "httpCheck.authInfo.password",
                "httpCheck.authInfo.passwordWo",
                "httpCheck.headers.Authorization",
                "httpCheck.headers.authorization",
            ),
        },
        title="Uptime check passwords are not written in the program.",
        why="Everyone who reads the repository can log in as the check does.",
        fix="Set auth_info.password_wo from secret config.",
    ),
    CredentialInputs(
        id="secretmanager-version-data-not-literal",
        inputs={
            SECRETMANAGER_SECRET_VERSION: ("secretData", "secretDataWo"),
            SECRETMANAGER_REGIONAL_SECRET_VERSION: (
                "secretData",
                "secretDataWo",
            ),
        },
        title="Secret versions are not written in the program.",
        why="The credential is in the repository, which the secret was meant to avoid.",
        fix="Set secret_data_wo from secret config, or add versions outside Pulumi.",
    ),
    CredentialInputs(
        id="sql-replica-password-not-literal",
        inputs={
            SQL_DATABASE_INSTANCE: (
                "replicaConfiguration.password",
                "replicaConfiguration.clientKey",
            ),
        },
        title="Replica passwords and client keys are not written in the program.",
        why="Replication credentials give full read access to the primary.",
        fix="Take them from secret config.",
        severity="high",
    ),
    CredentialInputs(
        id="sql-root-password-not-literal",
        inputs={SQL_DATABASE_INSTANCE: ("rootPassword", "rootPasswordWo")},
        title="Cloud SQL root passwords are not written in the program.",
        why="A literal root password is readable in the repository and in older state.",
        fix="Set root_password_wo from secret config, or generate it.",
    ),
    CredentialInputs(
        id="sql-user-password-not-literal",
        inputs={SQL_USER: ("password", "passwordWo")},
        title="Cloud SQL user passwords are not written in the program.",
        why="A literal password ends up in the repository and in the state's history.",
        fix="Set password_wo from secret config or random.RandomPassword, or use an IAM user.",
    ),
    CredentialInputs(
        id="vpc-vpn-secret-not-literal",
        inputs={COMPUTE_VPN_TUNNEL: ("sharedSecret", "sharedSecretWo")},
        title="VPN shared secrets are not written in the program.",
        why="Everyone who reads the repository can pose as the other end of the tunnel.",
        fix="Set shared_secret_wo from secret config, or generate it.",
    ),
)

_NAMED: Final = {
    **{
        token: frozenset(path for row in TABLE if token in row.inputs for path in row.inputs[token])
        for token in sorted({token for row in TABLE for token in row.inputs})
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


def literal(resource: Resource, pattern: str) -> Iterator[Violation]:
    """A violation about each value at a pattern of paths that is written in the program.

    The secret mark proves nothing: the SDK itself marks `password` and the like.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    for path in resource.paths(pattern):
        if resource.origin(path) is Origin.LITERAL:
            # A state has what was written, and not where.
            what = (
                "written in the program" if resource.stack.has_config else "without a secret mark"
            )
            yield resource.fail(f"holds a credential {what}", at=path)


def literal_rules(module: str) -> list[Rule]:
    """The rules of a service's module about what is written in its credential inputs."""
    service = module.split(".")[-2]
    return [_rule(module, row) for row in TABLE if service_of(row.id) == service]


def _rule(module: str, row: CredentialInputs) -> Rule:
    def check(resource: Resource) -> Iterator[Violation]:
        for pattern in row.inputs[resource.type.token]:
            yield from literal(resource, pattern)

    return rule(
        severity=row.severity,
        on=tuple(row.inputs),
        controls=row.controls,
        fix=row.fix,
        module=module,
        id=row.id,
        title=row.title,
        why=row.why,
        cases=list(_cases(row)),
    )(check)


def _cases(row: CredentialInputs) -> Iterator[Case]:
    for token, patterns in row.inputs.items():
        yield case.passes(case.resource(token))
        for pattern in patterns:
            yield case.fails(example(token, pattern, "correct horse"))
            yield case.fails(example(token, pattern, case.secret("correct horse")))
            yield case.passes(example(token, pattern, ""))
            yield case.passes(example(token, pattern, case.UNKNOWN))
            yield case.passes(example(token, pattern, case.SECRET_CONFIG))
            yield case.passes(example(token, pattern, case.secret(case.SECRET_CONFIG)))


def example(token: str, pattern: str, value: Value) -> CaseResource:
    """A case's resource with a value at a path; list elements as `[]`."""
    first, *rest = parse_path(pattern.replace("[]", "[0]"))
    for step in reversed(rest):
        value = [value] if isinstance(step, int) else {step: value}
    return case.resource(token, **{str(first): value})
