"""Firestore databases are backed up."""

from collections.abc import Iterator

from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import FIRESTORE_DATABASE
from apex_guardrails.model import Resource, Stack, Violation, case, rule

SCHEDULE = "gcp:firestore/backupSchedule:BackupSchedule"
DATABASE = "database"
RECOVERY = "pointInTimeRecoveryEnablement"
ON, OFF = "POINT_IN_TIME_RECOVERY_ENABLED", "POINT_IN_TIME_RECOVERY_DISABLED"


@rule(
    severity="medium",
    on=(FIRESTORE_DATABASE, SCHEDULE),
    scope="stack",
    fix="Add firestore.BackupSchedule for the database, or turn point-in-time recovery on.",
)
def firestore_backed_up(stack: Stack) -> Iterator[Violation]:
    """What is deleted by mistake cannot be brought back after an hour."""
    databases = Named(stack, FIRESTORE_DATABASE)
    scheduled = {
        database.urn
        for schedule in stack.of_type(SCHEDULE)
        for database in databases.at(schedule, DATABASE)
    }

    def check(database: Resource) -> Iterator[Violation]:
        # Seven days of point-in-time recovery bring it back as well. Omitted: off.
        if database.urn in scheduled or database.get(RECOVERY, omitted=OFF) == ON:
            return
        yield database.fail("has no schedule of backups")

    yield from stack.each(stack.of_type(FIRESTORE_DATABASE), check)


SHOP = case.resource(FIRESTORE_DATABASE, "shop", name="shop")
CASES = [
    case.passes(SHOP, case.resource(SCHEDULE, database=case.output_of("shop"))),
    case.passes(SHOP, case.resource(SCHEDULE, database="shop")),
    case.passes(case.resource(FIRESTORE_DATABASE, pointInTimeRecoveryEnablement=ON)),
    case.passes(case.resource(SCHEDULE, database="(default)")),
    case.fails(SHOP),
    case.fails(SHOP, case.resource(SCHEDULE)),
    case.fails(SHOP, case.resource(SCHEDULE, database="other")),
    case.fails(case.resource(FIRESTORE_DATABASE, pointInTimeRecoveryEnablement=OFF)),
    case.undecided(case.resource(FIRESTORE_DATABASE, pointInTimeRecoveryEnablement=case.UNKNOWN)),
]
