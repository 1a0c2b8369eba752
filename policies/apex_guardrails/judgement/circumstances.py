"""How a judgement comes about: where the resources come from, and what the source says beside."""

from __future__ import annotations

import enum
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from apex_guardrails.settings import PolicyPackSettings
from apex_guardrails.support.files import working_directory


class Source(enum.StrEnum):
    """Where the resources came from."""

    evaluated: str
    """How they were evaluated, in a sentence."""
    what: str
    """What they were read from."""
    is_deployed: bool
    """Whether they are there already."""

    OFFLINE = "offline", "offline", "the program, run offline"
    ENGINE = "engine", "through the Pulumi engine", "the Pulumi engine"
    STATE = "state", "from its state", "the stack's state", True
    PULUMI_PREVIEW = "pulumi-preview", "from Pulumi's preview", "the JSON of pulumi preview"
    PULUMI_EVENTS = "pulumi-events", "from Pulumi's event log", "the Pulumi engine's event log"
    TERRAFORM_PLAN = "terraform-plan", "from Terraform's plan", "a Terraform plan"
    TERRAFORM_STATE = "terraform-state", "from Terraform's state", "a Terraform state", True

    @property
    def is_deployed_by_pack(self) -> bool:
        """Whether what is deployed goes by the pack, which may then set something itself."""
        return self in (Source.OFFLINE, Source.ENGINE)

    @property
    def is_terraforms(self) -> bool:
        """Whether they are written in Terraform's language."""
        return self in (Source.TERRAFORM_PLAN, Source.TERRAFORM_STATE)

    def __new__(
        cls,
        value: str,
        evaluated: str,
        what: str,
        is_deployed: bool = False,  # noqa: FBT001, FBT002 a member's value has no keywords
    ) -> Self:
        """A source by its name in documents."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.evaluated, member.what = evaluated, what
        member.is_deployed = is_deployed
        return member


@dataclass(frozen=True)
class Run:
    """What a source says of its run beside the resources.

    Attributes:
        output: what the program printed.
        notes: what a reader should know.
        program_errors: why the program cannot be deployed, whatever the rules say.
        is_complete: whether everything that the program would deploy was seen.
    """

    output: Sequence[str] = ()
    notes: Sequence[str] = ()
    program_errors: Sequence[str] = ()
    is_complete: bool = True


@dataclass(frozen=True)
class Circumstances:
    """How a judgement came about, which is no part of what was decided.

    Attributes:
        time: when it was judged.
        root: what paths are seen from: the repository's root.
        source: where the resources came from.
        project: the folder with the `Pulumi.yaml`, if it is known.
        settings: what counted.
    """

    time: datetime
    root: Path
    source: Source = Source.OFFLINE
    project: Path | None = None
    settings: PolicyPackSettings = field(default_factory=PolicyPackSettings)

    @classmethod
    def now(
        cls, project: Path | None, settings: PolicyPackSettings, source: Source
    ) -> Circumstances:
        """Those of this moment, in the repository that a project, or its settings, are in."""
        return cls(
            datetime.now(UTC).replace(microsecond=0),
            repository_root(folder_of(project, settings)),
            source,
            project,
            settings,
        )


def repository_root(folder: Path) -> Path:
    """The folder above that is under version control; without one, the folder itself."""
    folder = folder.absolute()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


def folder_of(project: Path | None, settings: PolicyPackSettings) -> Path:
    """The project's folder; where that is not known, the settings', or the working directory."""
    beside = settings.path.absolute().parent if settings.path else working_directory()
    return project or beside or Path(os.sep)
