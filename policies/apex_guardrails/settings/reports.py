"""What `policy-pack.yaml` says of reports: which are written, and where."""

from __future__ import annotations

import enum
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from apex_guardrails.support.paths import inside

_ADDRESS: Final = re.compile(r"https?://[!#-;=?-~]*\{rule\}[!#-;=?-~]*")
"""Nothing in it ends an address where a report shows one: no space, quote or angle bracket."""


def _with_a_rule(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError(
            "expected an address with {rule}, such as https://docs.example.com/rules/{rule}.html"
        )
    return address


RulePages = Annotated[str, AfterValidator(_with_a_rule)]
"""Where the pages of rules are: an address with `{rule}` for the rule's id."""


class ReportFormat(enum.StrEnum):
    """The formats of a judgement that a file can have."""

    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"
    GITLAB_CODE_QUALITY = "gitlab-codequality"
    GITLAB_SAST = "gitlab-sast"


class ReportSettings(BaseModel):
    """The reports that every judgement leaves behind, offline and through the engine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    directory: str | None = Field(
        None,
        min_length=1,
        description="A folder in the project, such as build/apex; if left out, none are written.",
    )
    formats: tuple[ReportFormat, ...] = Field(
        tuple(ReportFormat), min_length=1, description="Which are written; all if left out."
    )
    rule_pages: RulePages | None = Field(
        None,
        description="Where the pages of rules are published: an address with {rule} for the "
        "rule's id, such as https://docs.example.com/rules/{rule}.html; if left out, reports have "
        "no links to them.",
    )

    @field_validator("directory")
    @classmethod
    def _inside(cls, directory: str | None) -> str | None:
        if directory is None:
            return None
        return inside(directory, "expected a folder in the project, such as build/apex")
