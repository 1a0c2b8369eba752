"""MySQL root users have a password."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE, SQL_USER
from apex_guardrails.model import UNKNOWN, Resource, UndecidedError, Violation, case, rule


@rule(
    severity="critical",
    on=SQL_USER,
    when=lambda user: user.peek("name") in ("root", UNKNOWN),
    controls=["cis-gcp-4.0:6.1.1", "checkov:CKV2_GCP_7"],
    fix="Set password_wo, or do not declare root.",
)
def sql_root_user_has_password(user: Resource) -> Iterator[Violation]:
    """An empty root password hands the server over to whoever connects."""
    if user.is_set("password") or user.is_set("passwordWo"):
        return
    if user.peek("name") is UNKNOWN:
        raise UndecidedError("name")
    for instance in user.referred("instance", SQL_DATABASE_INSTANCE):
        if not str(instance.get("databaseVersion", omitted="MYSQL")).startswith("MYSQL"):
            return
    yield user.fail("is root without a password", at="password")


def _of(version: object) -> tuple[case.CaseResource, case.CaseResource]:
    user = case.resource(SQL_USER, name="root", instance=case.output_of("db"))
    return user, case.resource(SQL_DATABASE_INSTANCE, "db", databaseVersion=version)


CASES = [
    case.passes(name="root", instance="db", password=case.secret(case.SECRET_CONFIG)),
    case.passes(name="root", instance="db", passwordWo=case.UNKNOWN),
    case.passes(name=case.UNKNOWN, instance="db", password=case.UNKNOWN),
    case.not_applicable(name="app", instance="db"),
    case.not_applicable(instance="db"),
    case.passes(*_of("POSTGRES_17")),
    case.fails(*_of("MYSQL_8_4")),
    case.fails(
        case.resource(SQL_USER, name="root", instance=case.output_of("db")),
        case.resource(SQL_DATABASE_INSTANCE, "db"),
    ),
    case.fails(name="root", instance="db"),
    case.fails(name="root", instance="db", password="", passwordWo=""),
    case.fails(name="root", instance=case.UNKNOWN),
    case.undecided(name=case.UNKNOWN, instance="db"),
    case.undecided(*_of(case.UNKNOWN)),
]
