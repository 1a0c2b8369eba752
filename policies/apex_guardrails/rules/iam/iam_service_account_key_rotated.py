"""Service account keys are rotated within 90 days."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.types import SERVICEACCOUNT_ACCOUNT, SERVICEACCOUNT_KEY
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    Stack,
    Violation,
    case,
    rule,
)

ROTATING = "time:index/rotating:Rotating"
DAYS = {
    "rotationMinutes": 1 / 1440,
    "rotationHours": 1 / 24,
    "rotationDays": 1,
    "rotationMonths": 31,
    "rotationYears": 366,
}


class Rotation(Parameters):
    """How old a key may become."""

    max_days: Annotated[int, Looser.MORE] = Field(
        90, ge=1, description="The longest time that a key is in use, in days."
    )


@rule(
    severity="medium",
    on=SERVICEACCOUNT_KEY,
    scope="stack",
    controls=["cis-gcp-4.0:1.7"],
    fix='Set keepers={"rotation": rotating.id} with a time.Rotating of rotation_days=90 or less.',
    parameters=Rotation,
)
def iam_service_account_key_rotated(stack: Stack, settings: Rotation) -> Iterator[Violation]:
    """An old key stays valid wherever it was copied."""

    def check(key: Resource) -> Iterator[Violation]:
        # An uploaded key is made elsewhere, and replaced there.
        if key.is_set("publicKeyData"):
            return
        periods = [_days(rotating) for rotating in key.referred("keepers", ROTATING)]
        if not any(0 < days <= settings.max_days for days in periods):
            yield key.fail(f"is not rotated within {settings.max_days} days", at="keepers")

    yield from stack.each(stack.of_type(SERVICEACCOUNT_KEY), check)


def _days(rotating: Resource) -> float:
    """The time between two rotations: all that is given, added up."""
    return sum(_number(rotating.get(name, omitted=0)) * days for name, days in DAYS.items())


def _number(given: object) -> float:
    try:
        return float(str(given))
    except ValueError:
        return 0.0


def _every(**period: object) -> list[case.CaseResource]:
    return [
        case.resource(
            SERVICEACCOUNT_KEY, serviceAccountId="api", keepers={"rotation": case.output_of("time")}
        ),
        case.CaseResource(ROTATING, period, "time"),
    ]


CASES = [
    *(
        case.passes(*_every(**period))
        for period in (
            {"rotationMinutes": 129_600},
            {"rotationHours": 1},
            {"rotationHours": 2160},
            {"rotationDays": 90},
            {"rotationDays": "90"},
            {"rotationMonths": 2, "rotationDays": 28},
        )
    ),
    *(
        case.fails(*_every(**period))
        for period in (
            {"rotationMinutes": 129_601},
            {"rotationHours": 2161},
            {"rotationDays": 91},
            {"rotationMonths": 2, "rotationDays": 29},
            {"rotationMonths": 3},
            {"rotationYears": 1},
            {"rotationDays": "soon"},
            {},
        )
    ),
    case.passes(*_every(rotationYears=1), _parameters={"max_days": 366}),
    case.fails(*_every(rotationDays=31), _parameters={"max_days": 30}),
    case.passes(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api", publicKeyData="text")),
    case.fails(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api")),
    case.fails(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api", keepers={"by": "hand"})),
    case.fails(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api", keepers=UNKNOWN)),
    case.passes(case.resource(SERVICEACCOUNT_ACCOUNT, accountId="api")),
    *(case.undecided(*_every(**{name: UNKNOWN})) for name in DAYS),
]
