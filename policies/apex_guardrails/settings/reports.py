"""What `policy-pack.yaml` says of reports: which are written, and where."""

from __future__ import annotations

import enum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from apex_guardrails.support.paths import inside


class ReportFormat(enum.StrEnum):
    """The formats of a judgement that a file can have."""

    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


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

    @field_validator("directory")
    @classmethod
    def _inside(cls, directory: str | None) -> str | None:
        if directory is None:
            return None
        return inside(directory, "a folder in the project is expected, such as build/apex")
