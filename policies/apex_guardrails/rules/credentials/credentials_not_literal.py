"""Credential inputs are not set to literal values in the program."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.credential_inputs import has_own_rule, literal
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule


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


USER = "gcp:alloydb/user:User"
CASES = [
    case.passes(case.resource(USER)),
    case.passes(case.resource(USER, password="")),
    case.passes(case.resource(USER, password=case.SECRET_CONFIG)),
    case.passes(case.resource(USER, password=case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(USER, passwordWo=f"prefix {case.SECRET_CONFIG}")),
    case.passes(case.resource(USER, password=case.UNKNOWN)),
    case.passes(case.resource(USER, password=case.secret(case.UNKNOWN))),
    case.fails(case.resource(USER, password="correct horse")),  # noqa: S106 the case's point
    case.fails(case.resource(USER, password=case.secret("correct horse"))),
    case.fails(case.resource(USER, passwordWo="correct horse")),
    case.fails(
        case.resource(
            "gcp:datastream/connectionProfile:ConnectionProfile",
            postgresqlProfile={"password": "correct horse"},
        )
    ),
    # The provider does not mark it.
    case.fails(
        case.resource(
            "gcp:identityplatform/oauthIdpConfig:OauthIdpConfig", clientSecret="correct horse"
        )
    ),
    # These have rules of their own.
    case.passes(case.resource("gcp:sql/user:User", password="correct horse")),  # noqa: S106
    case.passes(
        case.resource("gcp:compute/sSLCertificate:SSLCertificate", privateKey="not a real key"),
    ),
    # Public by nature, though the provider hides it.
    case.passes(
        case.resource("gcp:compute/sSLCertificate:SSLCertificate", certificate="a certificate"),
    ),
    case.fails(
        case.resource("gcp:cloudrunv2/service:Service", description="correct horse"),
        _parameters={"inputs": {"gcp:cloudrunv2/service:Service": ["description"]}},
    ),
    case.passes(case.resource("gcp:compute/network:Network", description="plain")),
]
