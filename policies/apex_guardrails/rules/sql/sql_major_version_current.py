"""Cloud SQL runs a current major version."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pydantic import Field

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Parameters, Resource, Violation, case, rule


class OldestVersions(Parameters):
    """How old an engine may be."""

    oldest: tuple[str, ...] = Field(
        ("POSTGRES_16", "MYSQL_8_0", "SQLSERVER_2022"),
        description=(
            "The oldest version of each engine that passes, as Cloud SQL spells it. Of an engine "
            "that is not listed, any does."
        ),
    )


@rule(
    severity="medium",
    on=SQL_DATABASE_INSTANCE,
    controls=["checkov:CKV_GCP_79"],
    fix="Raise database_version.",
    parameters=OldestVersions,
)
def sql_major_version_current(instance: Resource, allowed: OldestVersions) -> Iterator[Violation]:
    """An old version stops getting fixes; it is then upgraded by force or costs extra support."""
    version = str(instance.get("databaseVersion"))
    engine, numbers = _parsed(version)
    for oldest in allowed.oldest:
        if _parsed(oldest)[0] == engine and numbers < _parsed(oldest)[1]:
            yield instance.fail(f"runs {version}, older than {oldest}", at="databaseVersion")


@lru_cache
def _parsed(version: str) -> tuple[str, list[int]]:
    """The engine and the numbers of `MYSQL_8_0_36` or `SQLSERVER_2022_STANDARD`."""
    engine = version.partition("_")[0].upper()
    return engine, [int(number) for number in re.findall(r"\d+", version)]


CASES = [
    *(
        case.passes(databaseVersion=version)
        for version in (
            *("POSTGRES_16", "POSTGRES_17", "POSTGRES_100"),
            *("MYSQL_8_0", "MYSQL_8_0_36", "MYSQL_8_4", "MYSQL_10_0"),
            *("SQLSERVER_2022_STANDARD", "SQLSERVER_2025_EXPRESS", "ANOTHER_1"),
        )
    ),
    *(
        case.fails(databaseVersion=version)
        for version in (
            *("POSTGRES_9_6", "POSTGRES_15", "MYSQL_5_7", "postgres_15"),
            *("SQLSERVER_2019_ENTERPRISE", "SQLSERVER_2017_WEB"),
        )
    ),
    case.passes(),
    case.undecided(databaseVersion=case.UNKNOWN),
    case.fails(databaseVersion="POSTGRES_17", _parameters={"oldest": ["POSTGRES_18"]}),
    case.passes(databaseVersion="POSTGRES_15", _parameters={"oldest": ["MYSQL_8_4"]}),
]
