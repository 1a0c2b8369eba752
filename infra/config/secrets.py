"""Keys whose values are secret."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from infra.config.certificates import not_ended
from infra.config.types import (
    PASSWORD_LENGTH,
    POSTGRES_USER,
    ConfigSection,
    Secret,
    fit_for_cloud_sql,
    fit_for_neo4j,
    long_enough,
)

_STRONG = f"a secret of at least {PASSWORD_LENGTH} characters"
_API_KEY = "a secret API key"


class SecretsConfig(ConfigSection):
    """What goes to Secret Manager."""

    secrets_version: int = Field(
        alias="secrets-version", ge=1, description="a number from 1", examples=["1"]
    )
    # The last validator is the first that is asked.
    postgres_password: Annotated[
        Secret, BeforeValidator(fit_for_cloud_sql), BeforeValidator(long_enough)
    ] = Field(
        alias="postgres-password",
        description=(
            f"{_STRONG}: lower and upper case, digits and others, and no {POSTGRES_USER!r} in it"
        ),
    )
    neo4j_password: Annotated[
        Secret, BeforeValidator(long_enough), BeforeValidator(fit_for_neo4j)
    ] = Field(alias="neo4j-password", description=f"{_STRONG}, no slash, and no hyphen first")
    qdrant_api_key: Secret = Field(alias="qdrant-api-key", description="a random secret")
    jwt_secret_key: Secret = Field(alias="jwt-secret-key", description="a random secret")
    openai_api_key: Secret = Field(alias="openai-api-key", description=_API_KEY)
    anthropic_api_key: Secret = Field(alias="anthropic-api-key", description=_API_KEY)
    temporal_tls_certificate: Annotated[Secret, BeforeValidator(not_ended)] = Field(
        alias="temporal-tls-certificate", description="the client certificate for Temporal, in PEM"
    )
    temporal_tls_key: Secret = Field(
        alias="temporal-tls-key", description="the private key of that certificate, in PEM"
    )
