"""Secret config values keep their secret mark in credential inputs."""

from collections.abc import Iterator

from apex_guardrails.gcp.credential_inputs import is_credential_input, takes_credentials
from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    ALLOYDB_USER,
    IDENTITYPLATFORM_OAUTH_IDP_CONFIG,
    SQL_USER,
)
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.credentials.secret_config import described
from apex_guardrails.rules.families.shown_inputs import unmarked_secrets


@rule(
    severity="high",
    on=takes_credentials,
    fix="Read it with config.require_secret, and keep it an Output.",
)
def credentials_sensitive_inputs_secret(resource: Resource) -> Iterator[Violation]:
    """Without the mark, the state stores the value in plain text."""
    for path, key in unmarked_secrets(resource):
        if is_credential_input(resource, path):
            yield resource.fail(f"uses {described(key)} without a secret mark", at=path)


CASES = [
    case.passes(case.resource(SQL_USER)),
    case.passes(case.resource(SQL_USER, password=case.UNKNOWN)),
    case.passes(case.resource(SQL_USER, password=case.secret(case.SECRET_CONFIG))),
    case.passes(
        case.resource(ALLOYDB_CLUSTER, initialUser=case.secret({"password": case.SECRET_CONFIG})),
    ),
    # One that the provider does not mark.
    case.fails(case.resource(IDENTITYPLATFORM_OAUTH_IDP_CONFIG, clientSecret=case.SECRET_CONFIG)),
    case.fails(case.resource(SQL_USER, password=case.SECRET_CONFIG)),
    case.fails(case.resource(ALLOYDB_USER, password=case.SECRET_CONFIG)),
    case.fails(case.resource(ALLOYDB_CLUSTER, initialUser={"password": case.SECRET_CONFIG})),
    case.fails(case.resource("pulumi:providers:gcp", accessToken=case.SECRET_CONFIG)),
    # Other rules ask what is written in the program, and what is in other inputs.
    case.passes(case.resource(SQL_USER, password="correct horse")),  # noqa: S106
    case.passes(case.resource(SQL_USER, host=case.SECRET_CONFIG)),
]
