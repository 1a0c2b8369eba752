"""PostgreSQL and MySQL instances accept IAM logins."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import runs_engine
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, UndecidedError, Violation, case, rule
from apex_guardrails.rules.families.database_flags import FLAGS, flags_of

# The flag of each engine (Cloud SQL documentation, "IAM authentication", 2026-11). SQL Server has
# none.
FLAG_OF = {"POSTGRES": "cloudsql.iam_authentication", "MYSQL": "cloudsql_iam_authentication"}


@rule(
    severity="medium",
    on=SQL_DATABASE_INSTANCE,
    controls=["cis-gcp-5.0:6.6"],
    fix=(
        'Add {"name": "cloudsql.iam_authentication", "value": "on"} to settings.database_flags; '
        "for MySQL, cloudsql_iam_authentication."
    ),
    when=runs_engine(*FLAG_OF),
)
def sql_iam_authentication_enabled(instance: Resource) -> Iterator[Violation]:
    """Without it, every login needs a password that has to be stored somewhere."""
    version = str(instance.get("databaseVersion"))
    name = next(flag for engine, flag in FLAG_OF.items() if version.startswith(engine))
    # Omitted: off.
    flags = flags_of(instance)
    if any(value.lower() == "on" for _, value in flags.values(name)):
        return
    if flags.unknown:
        raise UndecidedError(flags.unknown)
    yield instance.fail(f"does not set {name} to on", at=FLAGS)


def _flags(*flags: object) -> dict[str, object]:
    return {"databaseFlags": list(flags)}


POSTGRES = {"name": "cloudsql.iam_authentication", "value": "on"}
MYSQL = {"name": "cloudsql_iam_authentication", "value": "On"}
CASES = [
    case.passes(databaseVersion="POSTGRES_17", settings=_flags({}, POSTGRES)),
    case.passes(databaseVersion="POSTGRES_17", settings=_flags(UNKNOWN, POSTGRES)),
    case.passes(databaseVersion="MYSQL_8_4", settings=_flags(MYSQL)),
    case.not_applicable(databaseVersion="SQLSERVER_2022_WEB", settings=_flags()),
    case.not_applicable(settings=_flags()),
    case.fails(databaseVersion="POSTGRES_17", settings=_flags(MYSQL)),
    case.fails(databaseVersion="MYSQL_8_4", settings=_flags(POSTGRES)),
    case.fails(databaseVersion="MYSQL_8_4", settings=_flags({**MYSQL, "value": "off"})),
    case.fails(databaseVersion="MYSQL_8_4", settings=_flags({"name": MYSQL["name"]})),
    case.fails(databaseVersion="POSTGRES_17", settings={}),
    case.fails(databaseVersion="POSTGRES_17"),
    case.undecided(databaseVersion="POSTGRES_17", settings={"databaseFlags": UNKNOWN}),
    case.undecided(databaseVersion="POSTGRES_17", settings=_flags(UNKNOWN)),
    case.undecided(databaseVersion="MYSQL_8_4", settings=_flags({**MYSQL, "name": UNKNOWN})),
    case.undecided(databaseVersion="MYSQL_8_4", settings=_flags({**MYSQL, "value": UNKNOWN})),
    case.undecided(databaseVersion=UNKNOWN, settings=_flags()),
]
