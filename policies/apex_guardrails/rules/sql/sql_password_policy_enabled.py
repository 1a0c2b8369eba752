"""PostgreSQL and MySQL instances have a password policy."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.databases import is_primary_of
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.value import is_true

PATH = "settings.passwordValidationPolicy.enablePasswordPolicy"


@rule(
    severity="low",
    on=SQL_DATABASE_INSTANCE,
    # SQL Server's own policy is not Cloud SQL's.
    when=is_primary_of("POSTGRES", "MYSQL"),
    fix="Set settings.password_validation_policy.",
    # Where passwords come from a generator, it refuses nothing.
    opt_in=True,
)
def sql_password_policy_enabled(instance: Resource) -> Iterator[Violation]:
    """Whoever may make a user gives it a password that is guessed in a minute."""
    # Omitted: none (Cloud SQL Admin API, passwordValidationPolicy, 2026-11).
    if not is_true(instance.get(PATH, omitted=False)):
        yield instance.fail("takes any password", at=PATH)


def _instance(policy: object, version: object = "POSTGRES_17", **inputs: Any) -> case.CaseResource:
    settings = {"passwordValidationPolicy": {"enablePasswordPolicy": policy}}
    return case.resource(None, databaseVersion=version, settings=settings, **inputs)


CASES = [
    case.passes(_instance(policy=True)),
    case.passes(_instance(policy=True, version="MYSQL_8_4")),
    case.fails(_instance(policy=False)),
    case.fails(databaseVersion="MYSQL_8_4", settings={}),
    case.undecided(_instance(policy=case.UNKNOWN)),
    case.undecided(_instance(policy=True, version=case.UNKNOWN)),
    case.not_applicable(_instance(policy=False, version="SQLSERVER_2022_WEB")),
    case.not_applicable(_instance(policy=False, masterInstanceName="primary")),
    case.not_applicable(settings={}),
]
