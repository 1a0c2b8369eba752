"""What other systems take: SQL for BigQuery, compliance findings of OCSF, assessments of OSCAL."""

import json
from typing import Final
from uuid import UUID, uuid5

_OURS: Final = UUID("5c3f2a52-4a3b-5d0e-9d5f-8c7d2f0a1b6e")
"""The name space of the UUIDs."""


def uuid_of(*parts: object) -> str:
    """The UUID of something: the same for the same parts, whenever it is exported."""
    return str(uuid5(_OURS, json.dumps([*map(str, parts)])))
