"""Keys whose values are secret."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from infra.config.certificates import not_ended
from infra.config.keys import ConfigSection, key
from infra.config.types import (
    PASSWORD_LENGTH,
    POSTGRES_USER,
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
        raise ValueError(f"names {secret}, which is not a secret of the configuration")
    return rotations


class SecretsConfig(ConfigSection):
    """What goes to Secret Manager."""

    version: int = key(
        "secrets-version",
        "Raise it by one to have every secret below sent again, though none has changed: after one "
        "was changed by hand in Google Cloud, say. One that changed here is sent by itself.",
        expected="a number from 1",
        example="1",
        default=1,
        ge=1,
    )
    rotations: Annotated[Mapping[str, Rotation], BeforeValidator(_rotations)] = key(
        "secret-rotations",
        "How often secrets have been rotated, with commas between them: `jwt-secret-key=3`, or "
        "`jwt-secret-key=2+3` while the version before is enabled still. `scripts/rotate` sets it.",
        expected="nothing, or how often secrets have been rotated, with commas between them",
        example="jwt-secret-key=1",
        default="",
    )
    # The last validator is the first that is asked.
    postgres_password: Annotated[
        Secret, BeforeValidator(fit_for_cloud_sql), BeforeValidator(long_enough)
    ] = key(
        "postgres-password",
        "Password of the application's PostgreSQL user.",
        expected=(
            f"{_STRONG}: lower and upper case, digits and others, and no {POSTGRES_USER!r} in it"
        ),
    )
    neo4j_password: Annotated[
        Secret, BeforeValidator(long_enough), BeforeValidator(fit_for_neo4j)
    ] = key(
        "neo4j-password",
        "Password of the Neo4j user.",
        expected=f"{_STRONG}, no slash, and no hyphen first",
    )
    qdrant_api_key: Secret = key("qdrant-api-key", "API key of Qdrant.", expected="a random secret")
    jwt_secret_key: Secret = key(
        "jwt-secret-key", "Key that the API signs its tokens with.", expected="a random secret"
    )
    openai_api_key: Secret = key("openai-api-key", "API key of OpenAI.", expected=_API_KEY)
    anthropic_api_key: Secret = key("anthropic-api-key", "API key of Anthropic.", expected=_API_KEY)
    temporal_tls_certificate: Annotated[Secret, BeforeValidator(not_ended)] = key(
        "temporal-tls-certificate",
        "Client certificate for Temporal, in PEM.",
        expected="the client certificate for Temporal, in PEM",
    )
    temporal_tls_key: Secret = key(
        "temporal-tls-key",
        "Private key of that certificate, in PEM.",
        expected="the private key of that certificate, in PEM",
    )

    @property
    def values(self) -> Mapping[str, pulumi.Output[str]]:
        """Every secret value by its key."""
        return {
            str(field.alias): getattr(self, name)
            for name, field in type(self).model_fields.items()
            if field.annotation == pulumi.Output[str]
        }


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
    adapter: TypeAdapter[str] = TypeAdapter(annotated[(str, *checks)])
    try:
        adapter.validate_python(value, context={"temporal-address": "somewhere"})
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None
