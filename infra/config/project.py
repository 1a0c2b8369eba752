"""Keys of the Google Cloud project: who answers for it, who pays, who deploys into it."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from infra.config.keys import ConfigSection, Environment, environment_of, key
from infra.config.types import BOOLEAN, LABEL, Boolean, LabelValue

Part = Literal[
    "api", "images", "neo4j", "network", "postgres", "qdrant", "redis", "secrets", "worker"
]
"""What can be protected against deletion on its own."""

_PREFIX_LENGTH = 9
"""With a hyphen and the longest id of a service account, `qdrant-snapshot-cron`, that is 30: no id
is longer (IAM, "Create service accounts", 2026)."""
_POOL_ID_LENGTH = 32
"""Of an identity pool's id, at most (IAM, "Configure Workload Identity Federation", 2026)."""
FIRST_WORDS = frozenset(
    {"apex", "docker", "github", "neo4j", "operator", "postgres", "qdrant", "redis"}
)
"""What names begin with that have no prefix. `operator-redis` is such a name, and would be Redis's
in a copy with the prefix operator."""

_PARTS = ", ".join(get_args(Part))


def _parts(found: str) -> list[str]:
    return [part.strip() for part in found.split(",") if part.strip()]


def _environment(found: str) -> str:
    return environment_of(found) or found


def _prefix(found: str) -> str:
    if not re.fullmatch(rf"([a-z][a-z0-9]{{0,{_PREFIX_LENGTH - 1}}})?", found, re.ASCII):
        raise ValueError("cannot begin a name")
    if found in FIRST_WORDS:
        raise ValueError("begins names already that have no prefix")
    return found


class ProjectConfig(ConfigSection):
    """What the stack is, and whose."""

    environment: Annotated[Environment, BeforeValidator(_environment)] = key(
        "stack",
        "The stack.",
        expected="dev, staging or production, or for a copy one of them and a name, as in dev-blue",
        example="dev",
    )
    project: str = key(
        "gcp:project",
        "The Google Cloud project.",
        expected="the id of a Google Cloud project: 6 to 30 lower-case letters, digits, hyphens",
        example="apex-memory-dev",
        pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
    )
    region: str = key(
        "gcp:region",
        "The region of everything that has one.",
        expected="a Google Cloud region",
        example="us-central1",
        pattern=r"^[a-z]+-[a-z]+\d{1,2}$",
    )
    owner: LabelValue = key(
        "owner",
        "The team that answers for the stack. The label `owner` of every resource.",
        expected=LABEL,
        example="platform",
        default="platform",
    )
    cost_center: LabelValue = key(
        "cost-center",
        "Who pays for the stack. The label `cost-center` of every resource.",
        expected=LABEL,
        example="apex-memory",
        default="apex-memory",
    )
    deletion_protection: Boolean = key(
        "deletion-protection",
        "Whether whatever holds data, or serves it, refuses to be deleted.",
        expected=BOOLEAN,
        example="true",
        default=True,
    )
    unprotected: Annotated[frozenset[Part], BeforeValidator(_parts)] = key(
        "unprotected",
        f"Parts that may be deleted nevertheless, with commas between them: {_PARTS}.",
        expected=f"nothing, or some of {_PARTS}, with commas between them",
        example="qdrant",
        default="",
    )
    name_prefix: Annotated[str, AfterValidator(_prefix)] = key(
        "name-prefix",
        "What every name begins with, for a second copy of the system in the same project: "
        "docs/changing-a-stack.md. Empty for the first.",
        expected=f"nothing, or a letter and up to {_PREFIX_LENGTH - 1} more letters and digits, "
        "lower-case",
        example="blue",
        default="",
    )
    name_suffix: str = key(
        "name-suffix",
        "Appended to the names that cannot be used again for a while after deletion: those of the "
        "database instance (a week), of GitHub's identity pool (30 days) and of the viewer's role "
        "(37).",
        expected="nothing, or up to 20 lower-case letters, digits and inner hyphens",
        example="2",
        default="",
        pattern=r"^([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$",
    )

    @field_validator("name_suffix")
    @classmethod
    def _fits(cls, found: str, info: ValidationInfo) -> str:
        pool = "-".join(filter(None, (info.data.get("name_prefix"), "github", found)))
        if len(pool) > _POOL_ID_LENGTH:
            raise ValueError(
                f"makes the id of GitHub's identity pool too long: {pool} has {len(pool)} "
                f"characters and may have {_POOL_ID_LENGTH}"
            )
        return found


class BudgetConfig(ConfigSection):
    """What the stack may cost, and who pays."""

    billing_account: str = key(
        "billing-account",
        "The billing account that pays, as `gcloud billing accounts list` shows it. The budget is "
        "there.",
        expected="the id of a billing account, as `gcloud billing accounts list` shows it",
        example="000000-000000-000000",
        default="000000-000000-000000",
        pattern=r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$",
    )
    amount: int = key(
        "budget-amount",
        "The budget of a month. It alerts at 50, 80 and 100 % and on forecast.",
        expected="1 to 1000000 a month, in the billing account's currency",
        example="700",
        default=100,
        ge=1,
        le=1_000_000,
    )
    currency: str = key(
        "budget-currency",
        "Currency of the budget, which must be that of the billing account, such as EUR. Empty for "
        "whichever that is.",
        expected="nothing, or three capital letters (ISO 4217)",
        example="EUR",
        default="",
        pattern=r"^([A-Z]{3})?$",
    )


class PipelinesConfig(ConfigSection):
    """Whose pipelines may deploy."""

    repository: str = key(
        "github-repository",
        "The repository on GitHub whose pipelines may deploy, as OWNER/NAME.",
        expected="a repository on GitHub, as OWNER/NAME",
        example="apex-memory/infrastructure",
        default="apex-memory/infrastructure",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$",
    )
    repository_id: str = key(
        "github-repository-id",
        "The number that GitHub gave to that repository: a name can be taken over by somebody "
        "else, a number cannot. `gh api repos/OWNER/NAME --jq .id` shows it. Empty for the name "
        "alone.",
        expected="nothing, or the number that GitHub gave to the repository",
        example="123456789",
        default="",
        pattern=r"^[0-9]{0,20}$",
    )
