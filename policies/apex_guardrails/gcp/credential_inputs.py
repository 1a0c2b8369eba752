"""Inputs that are made for credentials, and a family of rules about what is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Rule, rule
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import ResourceType
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
            "gcp:alloydb/cluster:Cluster": ("initialUser.password", "initialUser.passwordWo"),
        },
        title="AlloyDB initial user passwords are not written in the program.",
        why="Everyone who reads the repository can log in as the database's superuser.",
        fix="Set initial_user.password_wo from secret config, or generate it.",
    ),
    CredentialInputs(
        id="compute-no-raw-disk-key",
        inputs={
            "gcp:compute/disk:Disk": (
                "diskEncryptionKey.rawKey",
                "diskEncryptionKey.rawKeyWo",
                *_SOURCE_KEYS,
            ),
            "gcp:compute/regionDisk:RegionDisk": ("diskEncryptionKey.rawKey", *_SOURCE_KEYS),
            "gcp:compute/image:Image": (
                "imageEncryptionKey.rawKey",
                "sourceDiskEncryptionKey.rawKey",
                *_SOURCE_KEYS,
            ),
            "gcp:compute/snapshot:Snapshot": (
                "snapshotEncryptionKey.rawKey",
                "sourceDiskEncryptionKey.rawKey",
            ),
            "gcp:compute/machineImage:MachineImage": ("machineImageEncryptionKey.rawKey",),
            "gcp:compute/instance:Instance": _MACHINE_KEYS,
            "gcp:compute/instanceFromTemplate:InstanceFromTemplate": _MACHINE_KEYS,
            "gcp:compute/instanceTemplate:InstanceTemplate": _TEMPLATE_KEYS,
            "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": _TEMPLATE_KEYS,
        },
        title="Disk encryption keys are not written in the program.",
        why="Whoever reads the repository can decrypt the disk.",
        fix="Use a Cloud KMS key (kms_key_self_link), or take the raw key from secret config.",
        controls=("trivy:GCP-0037",),
    ),
    CredentialInputs(
        # That its address is https, which the catalogue puts in here, is another fact.
        id="dialogflow-cx-webhook-secrets",
        inputs={
            "gcp:diagflow/cxWebhook:CxWebhook": tuple(
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
            "gcp:compute/sSLCertificate:SSLCertificate": ("privateKey", "privateKeyWo"),
            "gcp:compute/regionSslCertificate:RegionSslCertificate": (
                "privateKey",
                "privateKeyWo",
            ),
            "gcp:certificatemanager/certificate:Certificate": (
                "selfManaged.pemPrivateKey",
                "selfManaged.pemPrivateKeyWo",
                "selfManaged.privateKeyPem",
            ),
        },
        title="Private keys of certificates are not written in the program.",
        why="Anyone with the repository can impersonate the site.",
        fix="Use a Google-managed certificate, or take private_key_wo from secret config.",
    ),
    CredentialInputs(
        id="lb-iap-client-secret-not-literal",
        inputs={
            "gcp:compute/backendService:BackendService": (
                "iap.oauth2ClientSecret",
                "iap.oauth2ClientSecretWo",
            ),
            "gcp:compute/regionBackendService:RegionBackendService": ("iap.oauth2ClientSecret",),
        },
        title="IAP client secrets are not written in the program.",
        why="The secret allows forged logins.",
        fix="Use Google's own client (leave it out), or take the secret from secret config.",
    ),
    CredentialInputs(
        id="monitoring-channel-secrets-not-literal",
        inputs={
            "gcp:monitoring/notificationChannel:NotificationChannel": (
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
        why="The token posts or reads as the company.",
        fix="Set sensitive_labels from secret config.",
    ),
    CredentialInputs(
        id="monitoring-uptime-check-password-not-literal",
        inputs={
            "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": (
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
            "gcp:secretmanager/secretVersion:SecretVersion": ("secretData", "secretDataWo"),
            "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": (
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
            "gcp:sql/databaseInstance:DatabaseInstance": (
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
        inputs={"gcp:sql/databaseInstance:DatabaseInstance": ("rootPassword", "rootPasswordWo")},
        title="Cloud SQL root passwords are not written in the program.",
        why="A literal root password is readable in the repository and in older state.",
        fix="Set root_password_wo from secret config, or generate it.",
    ),
    CredentialInputs(
        id="sql-user-password-not-literal",
        inputs={"gcp:sql/user:User": ("password", "passwordWo")},
        title="Cloud SQL user passwords are not written in the program.",
        why="A literal password ends up in the repository and in the state's history.",
        fix="Set password_wo from secret config or random.RandomPassword, or use an IAM user.",
    ),
    CredentialInputs(
        id="vpc-vpn-secret-not-literal",
        inputs={"gcp:compute/vPNTunnel:VPNTunnel": ("sharedSecret", "sharedSecretWo")},
        title="VPN shared secrets are not written in the program.",
        why="Whoever reads the repository can pose as the other end of the tunnel.",
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


# The rules about one resource are asked one after the other, and each wants the same paths.
@lru_cache(maxsize=1)
def credential_paths(resource: Resource) -> tuple[str, ...]:
    """The paths of credential inputs that the program gives, known or not."""
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
    return [_rule(module, row) for row in TABLE if row.id.startswith(f"{service}-")]


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
