"""Keys whose values are secret."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import BeforeValidator, Field, ValidationError, create_model

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
from infra.rotation import Rotation, rotations_of

_STRONG = f"a secret of at least {PASSWORD_LENGTH} characters"
_API_KEY = "a secret API key"


def _rotations(found: str) -> Mapping[str, Rotation]:
    rotations = rotations_of(found)
    for secret in rotations.keys() - set(SECRET_KEYS):
        raise ValueError(f"names {secret}, which is no secret of the configuration")
    return rotations


class SecretsConfig(ConfigSection):
    """What goes to Secret Manager."""

    secrets_version: int = Field(
        alias="secrets-version", ge=1, description="a number from 1", examples=["1"]
    )
    secret_rotations: Annotated[Mapping[str, Rotation], BeforeValidator(_rotations)] = Field(
        alias="secret-rotations",
        description="nothing, or how often secrets have been rotated, with commas between them",
        examples=["jwt-secret-key=1"],
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


_SECRETS = {
    str(field.alias): field
    for field in SecretsConfig.model_fields.values()
    if field.annotation == pulumi.Output[str]
}
SECRET_KEYS = tuple(_SECRETS)
"""The keys of the secret values."""


def check_value(key: str, value: str) -> None:
    """Tries a secret's value before it is set.

    Raises:
        ValueError: the program would not take it. The message does not show it.
    """
    checks = _SECRETS[key].metadata[1:]  # the first one is that of every secret, and marks it
    if not checks:
        return
    annotated: Any = Annotated
    model = create_model("Value", temporal_address=str, value=annotated[(str, *checks)])
    try:
        model.model_validate({"temporal_address": "somewhere", "value": value})
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None
