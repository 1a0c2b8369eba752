"""Credentials that are written in the program: a table of inputs that are made for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.credential_inputs import (
    ALLOYDB_PASSWORDS,
    CERTIFICATE_KEYS,
    CHANNEL_SECRETS,
    DISK_KEYS,
    IAP_CLIENT_SECRETS,
    REPLICA_PASSWORDS,
    ROOT_PASSWORDS,
    SECRET_DATA,
    UPTIME_CHECK_PASSWORDS,
    USER_PASSWORDS,
    VPN_SECRETS,
    WEBHOOK_SECRETS,
    CredentialInputs,
)
from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Value
from apex_guardrails.model.view import Origin
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleRow, RuleTable


def literal(resource: Resource, pattern: str) -> Iterator[Violation]:
    """A violation about each value at a pattern of paths that is written in the program.

    The secret mark proves nothing: the SDK itself marks `password` and the like.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    for path in resource.paths(pattern):
        if resource.origin(path) is Origin.LITERAL:
            yield resource.fail(f"holds a credential {_whence(resource, path)}", at=path)


def _whence(resource: Resource, path: str) -> str:
    """Where the credential at a path is from."""
    if not resource.stack.has_config:
        # A state has what was written, and not where.
        return "without a secret mark"
    for leaf in resource.leaves(path):
        config = resource.stack.plain_config(str(leaf.value))
        if config:
            return f"from the stack's config, where it is not encrypted ({config})"
    return "written in the program"


def _check(inputs: CredentialInputs) -> Check:
    def check(resource: Resource) -> Iterator[Violation]:
        for pattern in inputs[resource.type.token]:
            yield from literal(resource, pattern)

    return check


def _cases(inputs: CredentialInputs) -> Iterator[Case]:
    for token, patterns in inputs.items():
        yield case.passes(case.resource(token))
        for pattern in patterns:
            yield case.fails(_example(token, pattern, "correct horse"))
            yield case.fails(_example(token, pattern, case.secret("correct horse")))
            yield case.passes(_example(token, pattern, ""))
            yield case.passes(_example(token, pattern, case.UNKNOWN))
            yield case.passes(_example(token, pattern, case.SECRET_CONFIG))
            yield case.passes(_example(token, pattern, case.secret(case.SECRET_CONFIG)))


def _example(token: str, pattern: str, value: Value) -> CaseResource:
    """A case's resource with a value at a path; list elements as `[]`."""
    return case.resource(token, **case.inputs_at(pattern.replace("[]", "[0]"), value))


# The catalogue wants some of these to be unset, or to be unknown: neither is needed, as a value
# that another resource makes or that secret config brings is not in the program.
ROWS: Final = (
    RuleRow(
        id="alloydb-initial-password-not-literal",
        about=ALLOYDB_PASSWORDS,
        severity="critical",
        title="AlloyDB initial user passwords are not written in the program.",
        why="Everyone who reads the repository can log in as the database's superuser.",
        fix="Set initial_user.password_wo from secret config, or generate it.",
    ),
    RuleRow(
        id="compute-no-raw-disk-key",
        about=DISK_KEYS,
        severity="critical",
        title="Disk encryption keys are not written in the program.",
        why="Everyone who reads the repository can decrypt the disk.",
        fix="Use a Cloud KMS key (kms_key_self_link), or take the raw key from secret config.",
        controls=("trivy:GCP-0037",),
    ),
    RuleRow(
        # That its address is https, which the catalogue puts in here, is another fact.
        id="dialogflow-cx-webhook-secrets",
        about=WEBHOOK_SECRETS,
        severity="high",
        title="Dialogflow CX webhook secrets are not written in the program.",
        why="Everyone who reads the repository can call the webhook as Dialogflow does.",
        fix="Use secret_version_for_client_secret and secret_versions_for_request_headers.",
    ),
    RuleRow(
        id="lb-certificate-private-key-not-literal",
        about=CERTIFICATE_KEYS,
        severity="critical",
        title="Private keys of certificates are not written in the program.",
        why="Everyone who reads the repository can impersonate the site.",
        fix="Use a Google-managed certificate, or take private_key_wo from secret config.",
    ),
    RuleRow(
        id="lb-iap-client-secret-not-literal",
        about=IAP_CLIENT_SECRETS,
        severity="critical",
        title="IAP client secrets are not written in the program.",
        why="Anyone with the secret can forge logins.",
        fix="Use Google's own client (leave it out), or take the secret from secret config.",
    ),
    RuleRow(
        id="monitoring-channel-secrets-not-literal",
        about=CHANNEL_SECRETS,
        severity="critical",
        title="Notification channel tokens are not written in the program.",
        why="Anyone with the token can post or read as your organization.",
        fix="Set sensitive_labels from secret config.",
    ),
    RuleRow(
        id="monitoring-uptime-check-password-not-literal",
        about=UPTIME_CHECK_PASSWORDS,
        severity="critical",
        title="Uptime check passwords are not written in the program.",
        why="Everyone who reads the repository can log in as the check does.",
        fix="Set auth_info.password_wo from secret config.",
    ),
    RuleRow(
        id="secretmanager-version-data-not-literal",
        about=SECRET_DATA,
        severity="critical",
        title="Secret versions are not written in the program.",
        why="The credential is in the repository, which the secret was meant to avoid.",
        fix="Set secret_data_wo from secret config, or add versions outside Pulumi.",
    ),
    RuleRow(
        id="sql-replica-password-not-literal",
        about=REPLICA_PASSWORDS,
        severity="high",
        title="Replica passwords and client keys are not written in the program.",
        why="Replication credentials give full read access to the primary.",
        fix="Take them from secret config.",
    ),
    RuleRow(
        id="sql-root-password-not-literal",
        about=ROOT_PASSWORDS,
        severity="critical",
        title="Cloud SQL root passwords are not written in the program.",
        why="A literal root password is readable in the repository and in older state.",
        fix="Set root_password_wo from secret config, or generate it.",
    ),
    RuleRow(
        id="sql-user-password-not-literal",
        about=USER_PASSWORDS,
        severity="critical",
        title="Cloud SQL user passwords are not written in the program.",
        why="A literal password ends up in the repository and in the state's history.",
        fix="Set password_wo from secret config or random.RandomPassword, or use an IAM user.",
    ),
    RuleRow(
        id="vpc-vpn-secret-not-literal",
        about=VPN_SECRETS,
        severity="critical",
        title="VPN shared secrets are not written in the program.",
        why="Everyone who reads the repository can pose as the other end of the tunnel.",
        fix="Set shared_secret_wo from secret config, or generate it.",
    ),
)

RULES = RuleTable[CredentialInputs](
    on=tuple,
    check=_check,
    cases=_cases,
).rules(__name__, ROWS)
