"""Keys whose values are secret."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from infra.config.types import ConfigSection, Secret, fit_for_neo4j, password

_STRONG = "a secret of at least 16 characters: lower and upper case, digits and others"
_API_KEY = "a secret API key"


class SecretsConfig(ConfigSection):
    """What goes to Secret Manager."""

    secrets_version: int = Field(
        alias="secrets-version", ge=1, description="a number from 1", examples=["1"]
    )
    postgres_password: Annotated[Secret, BeforeValidator(password)] = Field(
        alias="postgres-password", description=_STRONG
    )
    neo4j_password: Annotated[Secret, BeforeValidator(password), BeforeValidator(fit_for_neo4j)] = (
        Field(alias="neo4j-password", description=f"{_STRONG}, but no slash, and no hyphen first")
    )
    qdrant_api_key: Secret = Field(alias="qdrant-api-key", description="a random secret")
    jwt_secret_key: Secret = Field(alias="jwt-secret-key", description="a random secret")
    openai_api_key: Secret = Field(alias="openai-api-key", description=_API_KEY)
    anthropic_api_key: Secret = Field(alias="anthropic-api-key", description=_API_KEY)
    temporal_tls_certificate: Secret = Field(
        alias="temporal-tls-certificate", description="the client certificate for Temporal, in PEM"
    )
    temporal_tls_key: Secret = Field(
        alias="temporal-tls-key", description="the private key of that certificate, in PEM"
    )
