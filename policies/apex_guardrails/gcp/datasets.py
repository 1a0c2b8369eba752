"""BigQuery datasets, and whom they are shared with besides by IAM."""

from typing import Final

SHARES: Final = ("specialGroup", "iamMember")
"""Where an entry may name everybody (BigQuery API, datasets, access, 2026-11)."""
