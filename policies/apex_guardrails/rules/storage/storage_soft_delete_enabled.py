"""Deleted objects can be restored for some days."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "softDeletePolicy.retentionDurationSeconds"


@rule(
    severity="low",
    on=STORAGE_BUCKET,
    fix="Remove soft_delete_policy, or set retention_duration_seconds to at least 604800.",
)
def storage_soft_delete_enabled(bucket: Resource) -> Iterator[Violation]:
    """With soft delete off, what is deleted by mistake, or by an intruder, is gone at once."""
    # Omitted: seven days (the provider's default).
    if bucket.get(PATH) in (0, "0"):
        yield bucket.fail("has soft delete off", at=PATH)


CASES = [
    case.passes(),
    case.passes(softDeletePolicy={"retentionDurationSeconds": 604_800}),
    case.fails(softDeletePolicy={"retentionDurationSeconds": 0}),
    case.fails(softDeletePolicy={"retentionDurationSeconds": "0"}),
    case.undecided(softDeletePolicy={"retentionDurationSeconds": case.UNKNOWN}),
]
