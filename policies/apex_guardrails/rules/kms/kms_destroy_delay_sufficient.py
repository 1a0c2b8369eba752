"""Key versions can be restored for at least a week after they are destroyed."""

from collections.abc import Iterator

from apex_guardrails.gcp.durations import seconds
from apex_guardrails.gcp.types import KMS_CRYPTO_KEY
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "destroyScheduledDuration"
WEEK = 7 * 24 * 3600


@rule(
    severity="low",
    on=KMS_CRYPTO_KEY,
    fix="Remove destroy_scheduled_duration; Google then waits 30 days.",
)
def kms_destroy_delay_sufficient(key: Resource) -> Iterator[Violation]:
    """Everything that the key encrypted is lost when the delay ends."""
    # Omitted: 30 days (Cloud KMS documentation, "Destroy and restore key versions", 2026-11).
    delay = seconds(key.get(PATH))
    if delay is not None and delay < WEEK:
        yield key.fail(f"is gone for good {delay} seconds after it is destroyed", at=PATH)


CASES = [
    case.passes(),
    case.passes(destroyScheduledDuration="604800s"),
    case.fails(destroyScheduledDuration="604799.5s"),
    case.fails(destroyScheduledDuration="86400s"),
    case.undecided(destroyScheduledDuration=case.UNKNOWN),
]
