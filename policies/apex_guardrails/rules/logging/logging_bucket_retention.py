"""Log buckets keep what they hold for as long as was agreed."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.log_sinks import LOG_BUCKETS
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule

PATH = "retentionDays"


class Kept(Parameters):
    """How long log entries are kept."""

    days: Annotated[int, Looser.LESS] = Field(365, description="The shortest time, in days.")


@rule(
    severity="low",
    on=LOG_BUCKETS,
    fix="Set retention_days to the time that was agreed.",
    parameters=Kept,
    # How long is long enough follows from contracts and laws.
    opt_in=True,
)
def logging_bucket_retention(bucket: Resource, kept: Kept) -> Iterator[Violation]:
    """An intrusion is often found after months, when its traces are gone."""
    # Omitted: 30 (the provider's default).
    days = bucket.get(PATH, omitted=30)
    if isinstance(days, int | float) and days < kept.days:
        yield bucket.fail(f"keeps log entries for {days:g} days", at=PATH)


CASES = [
    case.passes(retentionDays=365),
    case.passes(retentionDays=400),
    case.passes(_parameters={"days": 30}),
    case.fails(_parameters={"days": 31}),
    case.fails(retentionDays=364),
    case.fails(retentionDays=400, _parameters={"days": 401}),
    *(case.fails(case.resource(token)) for token in LOG_BUCKETS),
    case.undecided(retentionDays=case.UNKNOWN),
]
