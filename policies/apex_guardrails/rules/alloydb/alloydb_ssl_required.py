"""AlloyDB clients must use TLS."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ALLOYDB_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="high",
    on=ALLOYDB_INSTANCE,
    fix='Set client_connection_config.ssl_config.ssl_mode="ENCRYPTED_ONLY".',
    remedy=sets("ENCRYPTED_ONLY"),
)
def alloydb_ssl_required(instance: Resource) -> Iterator[Violation]:
    """Unencrypted connections expose credentials."""
    # Omitted: encrypted only (AlloyDB API, sslMode).
    if (
        instance.get("clientConnectionConfig.sslConfig.sslMode", omitted="ENCRYPTED_ONLY")
        != "ENCRYPTED_ONLY"
    ):
        yield instance.fail(
            "accepts unencrypted connections", at="clientConnectionConfig.sslConfig.sslMode"
        )


CASES = [
    case.passes(clientConnectionConfig={"sslConfig": {"sslMode": "ENCRYPTED_ONLY"}}),
    case.fails(
        clientConnectionConfig={"sslConfig": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}}
    ),
    case.passes(),
    case.passes(clientConnectionConfig={"sslConfig": {}}),
    case.undecided(clientConnectionConfig={"sslConfig": {"sslMode": case.UNKNOWN}}),
]
