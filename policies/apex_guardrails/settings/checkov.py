"""Whether Checkov judges, too, and what its findings do."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CheckId = Annotated[str, StringConstraints(pattern=r"^CKV2?_[A-Z0-9_]*\*?$")]


class CheckovLevel(enum.StrEnum):
    """What Checkov's findings do to a deployment."""

    OFF = "off"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"


class CheckovSettings(BaseModel):
    """The section `checkov` of `policy-pack.yaml`: what it leaves out, another scope may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: CheckovLevel | None = Field(
        None,
        description="What Checkov's findings do; mandatory also fails where Checkov is not "
        "installed.",
    )
    skip: tuple[CheckId, ...] = Field(
        (), description="Checks that are not run, such as CKV_GCP_37, or a pattern: CKV2_*."
    )
    timeout: float | None = Field(None, gt=0, description="Seconds that it may take; else 300.")


@dataclass(frozen=True, slots=True)
class CheckovUse:
    """What all scopes say together: how one stack is judged by Checkov."""

    level: CheckovLevel = CheckovLevel.OFF
    skip: tuple[str, ...] = ()
    timeout: float = 300


def merged(sections: Iterable[CheckovSettings]) -> CheckovUse:
    """What several sections say together: the last level and timeout, all that is skipped."""
    use = CheckovUse()
    for section in sections:
        use = CheckovUse(
            section.level or use.level,
            tuple(dict.fromkeys((*use.skip, *section.skip))),
            section.timeout or use.timeout,
        )
    return use
