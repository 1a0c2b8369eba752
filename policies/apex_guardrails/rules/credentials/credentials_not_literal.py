"""Credential inputs are not set to literal values in the program."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.credential_inputs import has_own_rule
from apex_guardrails.gcp.types import (
    ALLOYDB_USER,
    CLOUDRUNV2_SERVICE,
    COMPUTE_NETWORK,
    COMPUTE_SSL_CERTIFICATE,
    DATASTREAM_CONNECTION_PROFILE,
    IDENTITYPLATFORM_OAUTH_IDP_CONFIG,
    SQL_USER,
)
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule
from apex_guardrails.rules.families.literal_credentials import literal


class CredentialInputs(Parameters):
    """Inputs that hold credentials besides those the provider marks."""

    inputs: Annotated[dict[str, tuple[str, ...]], Looser.LESS] = Field(
        default_factory=dict,
        description="More credential inputs: the paths by type token, list elements as [].",
    )


@rule(
    severity="critical",
    on="*",
    fix=(
        "Take it from secret config (config.require_secret), a generated password or Secret "
        "Manager, and prefer the write-only input (password_wo, secret_data_wo)."
    ),
    parameters=CredentialInputs,
)
def credentials_not_literal(resource: Resource, more: CredentialInputs) -> Iterator[Violation]:
    """Everyone who can read the repository can read the credential."""
    token = resource.type.token
    for pattern in (*resource.type.sensitive, *more.inputs.get(token, ())):
        if not has_own_rule(token, pattern):
            yield from literal(resource, pattern)


CASES = [
    case.passes(case.resource(ALLOYDB_USER)),
    case.passes(case.resource(ALLOYDB_USER, password="")),
    case.passes(case.resource(ALLOYDB_USER, password=case.SECRET_CONFIG)),
    case.passes(case.resource(ALLOYDB_USER, password=case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(ALLOYDB_USER, passwordWo=f"prefix {case.SECRET_CONFIG}")),
    case.passes(case.resource(ALLOYDB_USER, password=case.UNKNOWN)),
    case.passes(case.resource(ALLOYDB_USER, password=case.secret(case.UNKNOWN))),
    case.fails(case.resource(ALLOYDB_USER, password="correct horse")),  # noqa: S106 the case's point
    case.fails(case.resource(ALLOYDB_USER, password=case.secret("correct horse"))),
    case.fails(case.resource(ALLOYDB_USER, passwordWo="correct horse")),
    case.fails(
        case.resource(
            DATASTREAM_CONNECTION_PROFILE,
            postgresqlProfile={"password": "correct horse"},
        )
    ),
    # The provider does not mark it.
    case.fails(case.resource(IDENTITYPLATFORM_OAUTH_IDP_CONFIG, clientSecret="correct horse")),
    # These have rules of their own.
    case.passes(case.resource(SQL_USER, password="correct horse")),  # noqa: S106
    case.passes(
        case.resource(COMPUTE_SSL_CERTIFICATE, privateKey="not a real key"),
    ),
    # Public by nature, though the provider hides it.
    case.passes(
        case.resource(COMPUTE_SSL_CERTIFICATE, certificate="a certificate"),
    ),
    case.fails(
        case.resource(CLOUDRUNV2_SERVICE, description="correct horse"),
        _parameters={"inputs": {CLOUDRUNV2_SERVICE: ["description"]}},
    ),
    case.passes(case.resource(COMPUTE_NETWORK, description="plain")),
]
