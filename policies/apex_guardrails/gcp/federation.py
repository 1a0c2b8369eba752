"""Workload identity federation: issuers that many share, and what tells their tenants apart."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.attribute_conditions import Claims, is_restricted
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value, filled
from apex_guardrails.model.view import UndecidedError

_TENANT = r"(?:[\w-]|\\*\.)+"
_WORD: Final = "x"
"""Stands in a condition for what is not known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An issuer of tokens that vouches for many tenants.

    Attributes:
        claims: what names a tenant. A claim that a stranger's token can have as well is none, and
            neither is one that names a person, whom a stranger can get to start a pipeline.
        audience_is_tenant: whether the issuer itself writes the tenant's name into the audience.
            Elsewhere whoever asks for a token chooses it, and it restricts nobody.
        source: the document, as of 2026-11.
    """

    claims: Claims
    audience_is_tenant: bool = False
    source: str


GITHUB_ISSUER: Final = "token.actions.githubusercontent.com"
ISSUERS: Final[Mapping[str, Issuer]] = {
    # An enterprise's own path, or host (GHE.com, Enterprise Server), vouches for nobody else's.
    # `job_workflow_ref` is of a workflow that others may call.
    GITHUB_ISSUER: Issuer(
        claims={
            "sub": r"repo:" + _TENANT + r"(?:@\d+)?/",
            "repository": _TENANT + "/",
            "repository_id": None,
            "repository_owner": None,
            "repository_owner_id": None,
            "workflow_ref": _TENANT + "/",
            "enterprise": None,
            "enterprise_id": None,
        },
        source='GitHub documentation, "OpenID Connect reference", "Immutable subject claims"',
    ),
    # An instance of one's own vouches for nobody else's.
    "gitlab.com": Issuer(
        claims={
            "sub": r"project_path:" + _TENANT + "/",
            "project_path": _TENANT + "/",
            "namespace_path": _TENANT + "/",
            "project_id": None,
            "namespace_id": None,
        },
        source='GitLab documentation, "OpenID Connect authentication using ID tokens"',
    ),
    "api.pulumi.com/oidc": Issuer(
        claims={
            "sub": r"pulumi:[\w-]+:(?:org|pulumi\.organization\.login):" + _TENANT + ":",
            "org": None,
            "aud": None,
        },
        audience_is_tenant=True,
        source='Pulumi documentation, "Configuring OpenID Connect for Google Cloud"',
    ),
    "api.pulumi.com/oidc/v2": Issuer(
        claims={"sub": None, "https://pulumi.com/org": None, "https://pulumi.com/org_id": None},
        source='Pulumi documentation, "Custom audiences", "debug-oidc-claims"',
    ),
    **dict.fromkeys(
        ("app.terraform.io", "app.eu.terraform.io"),
        Issuer(
            claims={
                "sub": r"organization:" + _TENANT + ":",
                "terraform_full_workspace": r"organization:" + _TENANT + ":",
                "terraform_organization_id": None,
                "terraform_organization_name": None,
                "terraform_project_id": None,
                "terraform_workspace_id": None,
            },
            source='HCP Terraform documentation, "Workload identity tokens"',
        ),
    ),
    "agent.buildkite.com": Issuer(
        claims={
            "sub": r"organization:" + _TENANT + ":",
            "organization_slug": None,
            "organization_id": None,
            "pipeline_id": None,
        },
        source='Buildkite documentation, "OIDC in Buildkite Pipelines"',
    ),
    # A team's own path vouches for nobody else's.
    "oidc.vercel.com": Issuer(
        claims={
            "sub": r"owner:" + _TENANT + ":",
            "owner": None,
            "owner_id": None,
            "project_id": None,
        },
        source='Vercel documentation, "OIDC Federation Reference"',
    ),
    # Anybody has an account.
    "accounts.google.com": Issuer(
        claims={"sub": None, "email": None, "hd": None},
        source='Google Identity documentation, "OpenID Connect"',
    ),
}
"""By what follows `https://`. CircleCI, Bitbucket, Azure DevOps, Entra ID, Spacelift and clusters
have an issuer for each tenant, and AWS is named by the account: they vouch for one's own."""


def providers_of(issuers: Container[str]) -> Callable[[Resource], bool]:
    """Whether a provider is one of some issuers: a rule's `when`."""
    return lambda provider: issuer_of(provider) in issuers


def issuer_of(provider: Resource) -> str:
    """The issuer of a provider as the table has it, or whoever it is; "" where it has none.

    Raises:
        UndecidedError: not even the host is known before deployment.
    """
    path = "oidc.issuerUri"
    given = provider.peek(path)
    if given is UNKNOWN:
        parts = provider.known_parts(path)
        # With more behind the host's slash it is a tenant's own.
        if parts is None or not parts[0] or parts[0].removeprefix("https://").count("/") == 0:
            raise UndecidedError(path)
        given = filled(parts, _WORD)
    return _host(given)


def is_shared(issuer: Value) -> bool:
    """Whether an issuer vouches for many tenants. One that is not known is not taken to."""
    return _host(issuer) in ISSUERS


def _host(issuer: Value) -> str:
    return str(issuer or "").strip().lower().removeprefix("https://").rstrip("/")


def admits_strangers(provider: Resource, issuer: Issuer) -> bool:
    """Whether a provider of an issuer admits others than tenants that it names.

    Raises:
        UndecidedError: it may, by what is not known before deployment.
    """
    if issuer.audience_is_tenant and _names_audiences(provider):
        return False
    path = "attributeCondition"
    parts = provider.known_parts(path) if provider.peek(path) is UNKNOWN else None
    condition = filled(parts, _WORD) if parts else str(provider.get(path))
    # What the mapping says is asked only where the condition needs it.
    if is_restricted(condition, issuer.claims, {}) or is_restricted(
        condition, issuer.claims, provider.mapping("attributeMapping")
    ):
        return False
    if parts:
        raise UndecidedError(path)
    return True


def _names_audiences(provider: Resource) -> bool:
    """Whether only some audiences are allowed: omitted, it is the provider's own name."""
    named = provider.peek("oidc.allowedAudiences")
    return named is UNKNOWN or bool(named)
