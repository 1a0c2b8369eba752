"""The ExecuteSql data API is off on private Cloud SQL instances."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    fix='Remove settings.data_api_access or set "DISALLOW_DATA_API".',
)
def sql_data_api_disabled(instance: Resource) -> Iterator[Violation]:
    """An authorized caller on the internet can run SQL on an instance meant to be private."""
    # Omitted: disallowed (Cloud SQL Admin API, dataApiAccess).
    if instance.get("settings.dataApiAccess", omitted="DISALLOW_DATA_API") != "DISALLOW_DATA_API":
        yield instance.fail("allows SQL through the public API", at="settings.dataApiAccess")


CASES = [
    case.passes(settings={"dataApiAccess": "DISALLOW_DATA_API"}),
    case.fails(settings={"dataApiAccess": "ALLOW_DATA_API"}),
    case.passes(),
    case.passes(settings={}),
    case.undecided(settings={"dataApiAccess": case.UNKNOWN}),
]
