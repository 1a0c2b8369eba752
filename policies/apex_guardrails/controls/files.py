"""What the files of frameworks and of other tools have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, StrictStr


class Strict(BaseModel):
    """What a file may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Strict):
    """A file about what others have written: what it is, and where it was read."""

    name: StrictStr
    version: StrictStr
    source: StrictStr
