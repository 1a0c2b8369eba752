"""PostgreSQL and MySQL instances require trusted client certificates."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=SQL_DATABASE_INSTANCE,
    controls=["checkov:CKV_GCP_6"],
    fix=(
        'Set ssl_mode="TRUSTED_CLIENT_CERTIFICATE_REQUIRED", or connector_enforcement="REQUIRED".'
    ),
    level="disabled",
)
def sql_client_certificates_required(instance: Resource) -> Iterator[Violation]:
    """Encryption alone does not prove who the client is; a stolen password is then enough."""
    if instance.get("settings.connectorEnforcement", omitted="NOT_REQUIRED") == "REQUIRED":
        return  # only connectors get in, and they bring certificates
    # SQL Server has no client certificates.
    engine = str(instance.get("databaseVersion"))
    wanted = (
        "ENCRYPTED_ONLY"
        if engine.startswith("SQLSERVER")
        else "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    )
    path = "settings.ipConfiguration.sslMode"
    # Omitted: Google's default asks for no certificate (Cloud SQL Admin API, sslMode).
    if instance.get(path) != wanted:
        yield instance.fail("does not require client certificates", at=path)


CASES = [
    case.passes(
        databaseVersion="POSTGRES_17",
        settings={"ipConfiguration": {"sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}},
    ),
    case.passes(
        databaseVersion="SQLSERVER_2022_WEB",
        settings={"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}},
    ),
    case.passes(settings={"connectorEnforcement": "REQUIRED"}),
    case.fails(
        databaseVersion="POSTGRES_17", settings={"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}}
    ),
    case.fails(
        databaseVersion="SQLSERVER_2022_WEB",
        settings={"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}},
    ),
    case.fails(settings={"connectorEnforcement": "NOT_REQUIRED", "ipConfiguration": {}}),
    case.fails(settings={}),
    case.undecided(settings={"connectorEnforcement": case.UNKNOWN}),
    case.undecided(
        databaseVersion=case.UNKNOWN, settings={"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}}
    ),
    case.undecided(settings={"ipConfiguration": {"sslMode": case.UNKNOWN}}),
    # What is no SQL Server for certain has client certificates.
    case.fails(settings={"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}}),
]
