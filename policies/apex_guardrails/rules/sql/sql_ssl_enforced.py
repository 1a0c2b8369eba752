"""Cloud SQL instances refuse unencrypted connections."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import clone_cases, says_settings
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule, sets

# `requireSsl` no longer exists in the provider; Checkov's stricter form (client certificates for
# all) is a rule of its own.
ENCRYPTED = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    when=says_settings,
    controls=["cis-gcp-4.0:6.4", "checkov:CKV_GCP_6", "trivy:GCP-0015"],
    fix='Set settings.ip_configuration.ssl_mode="ENCRYPTED_ONLY".',
    remedy=sets("ENCRYPTED_ONLY"),
)
def sql_ssl_enforced(instance: Resource) -> Iterator[Violation]:
    """Unencrypted connections expose passwords and rows to anyone on the path."""
    # Omitted: Google's default accepts unencrypted connections (Cloud SQL Admin API, sslMode).
    mode = instance.get(
        "settings.ipConfiguration.sslMode", omitted="ALLOW_UNENCRYPTED_AND_ENCRYPTED"
    )
    if mode not in ENCRYPTED:
        yield instance.fail(
            "accepts unencrypted connections", at="settings.ipConfiguration.sslMode"
        )


CASES = [
    case.passes(settings={"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}}),
    case.passes(settings={"ipConfiguration": {"sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}}),
    case.fails(settings={"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}}),
    case.fails(settings={"ipConfiguration": {"sslMode": ""}}),
    case.fails(settings={"ipConfiguration": {}}),
    case.fails(settings={}),
    case.undecided(settings={"ipConfiguration": {"sslMode": case.UNKNOWN}}),
    *clone_cases({"tier": "db-f1-micro"}),
]
