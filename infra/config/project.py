"""Keys of the Google Cloud project: who answers for it, who pays, who deploys into it."""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from infra.config.types import BOOLEAN, LABEL, Boolean, ConfigSection, LabelValue

Part = Literal[
    "api", "images", "neo4j", "network", "postgres", "qdrant", "redis", "secrets", "worker"
]
"""What can be protected against deletion on its own."""


def _parts(found: str) -> list[str]:
    return [part.strip() for part in found.split(",") if part.strip()]


class ProjectConfig(ConfigSection):
    """What the stack is, and whose."""

    environment: Literal["dev", "staging", "production"] = Field(
        alias="stack", description="dev, staging or production", examples=["dev"]
    )
    project: str = Field(
        alias="gcp:project",
        pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
        description="the id of a Google Cloud project: 6 to 30 lower-case letters, digits, hyphens",
        examples=["apex-memory-dev"],
    )
    region: str = Field(
        alias="gcp:region",
        pattern=r"^[a-z]+-[a-z]+\d{1,2}$",
        description="a Google Cloud region",
        examples=["us-central1"],
    )
    owner: LabelValue = Field(alias="owner", description=LABEL, examples=["platform"])
    cost_center: LabelValue = Field(
        alias="cost-center", description=LABEL, examples=["apex-memory"]
    )
    deletion_protection: Boolean = Field(
        alias="deletion-protection", description=BOOLEAN, examples=["true"]
    )
    unprotected: Annotated[frozenset[Part], BeforeValidator(_parts)] = Field(
        alias="unprotected",
        description=f"nothing, or some of {', '.join(get_args(Part))}, with commas between them",
        examples=["qdrant"],
    )
    name_suffix: str = Field(
        alias="name-suffix",
        pattern=r"^([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$",
        description="nothing, or up to 20 lower-case letters, digits and inner hyphens",
        examples=["2"],
    )
    domain_restricted_sharing: Boolean = Field(
        alias="domain-restricted-sharing", description=BOOLEAN, examples=["true"]
    )
    billing_account: str = Field(
        alias="billing-account",
        pattern=r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$",
        description="the id of a billing account, as `gcloud billing accounts list` shows it",
        examples=["000000-000000-000000"],
    )
    budget_amount: int = Field(
        alias="budget-amount",
        ge=1,
        le=1_000_000,
        description="1 to 1000000 a month, in the billing account's currency",
        examples=["700"],
    )
    budget_currency: str = Field(
        alias="budget-currency",
        pattern=r"^([A-Z]{3})?$",
        description="nothing, or three capital letters (ISO 4217)",
        examples=["EUR"],
    )
    github_repository: str = Field(
        alias="github-repository",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$",
        description="a repository on GitHub, as OWNER/NAME",
        examples=["apex-memory/infrastructure"],
    )
    github_repository_id: str = Field(
        alias="github-repository-id",
        pattern=r"^[0-9]{0,20}$",
        description="nothing, or the number that GitHub gave to the repository",
        examples=["123456789"],
    )
