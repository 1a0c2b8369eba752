"""Startup scripts do not disable database authentication."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.machines import HOLE, MACHINES, SCRIPTS, script_violations
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

NO_AUTH = re.compile(
    r"\bNEO4J_AUTH\s*[=:]\s*[\"']?none\b"
    r"|\bdbms\.security\.auth_enabled\s*=\s*false\b"
    r"|\bPOSTGRES_HOST_AUTH_METHOD\s*[=:]\s*[\"']?trust\b"
    r"|\bMYSQL_ALLOW_EMPTY_PASSWORD\s*[=:]\s*[\"']?(?:yes|true|1)\b"
    r"|--skip-grant-tables\b|--noauth\b|--protected-mode\s+no\b",
    re.IGNORECASE,
)
# One of them is in all of that, in lower case: to look for it first is far faster.
MARKS = (
    *("4j_auth", "auth_enabled", "auth_method", "allow_empty"),
    *("grant-tables", "noauth", "protected-mode"),
)
# What is not known may be the word that switches it off.
UNCLEAR = re.compile(
    r"(?:\bNEO4J_AUTH|\bdbms\.security\.auth_enabled|\bPOSTGRES_HOST_AUTH_METHOD"
    rf"|\bMYSQL_ALLOW_EMPTY_PASSWORD)\s*[=:]\s*[\"']?{HOLE}|--protected-mode\s+{HOLE}",
    re.IGNORECASE,
)


@rule(
    severity="high",
    on=MACHINES,
    fix="Set a password from Secret Manager.",
)
def compute_startup_script_no_disabled_auth(machine: Resource) -> Iterator[Violation]:
    """The whole network can then use the database."""
    yield from script_violations(machine, _disabled, UNCLEAR)


def _disabled(script: str) -> Iterator[str]:
    lower = script.lower()
    found = any(mark in lower for mark in MARKS) and NO_AUTH.search(script)
    if found:
        yield f"starts a database without a login ({found[0]})"


CASES = [
    case.passes(metadataStartupScript="docker run -e NEO4J_AUTH_FILE=/run/auth neo4j"),
    case.passes(metadataStartupScript="mongod --auth"),
    case.passes(),
    case.fails(metadataStartupScript="docker run -e NEO4J_AUTH=none neo4j"),
    case.fails(metadataStartupScript="dbms.security.auth_enabled=false"),
    case.fails(metadataStartupScript="dbms.security.auth_enabled = False"),
    case.fails(metadataStartupScript="POSTGRES_HOST_AUTH_METHOD=trust"),
    case.fails(metadataStartupScript="mongod --noauth"),
    case.fails(metadataStartupScript="redis-server --protected-mode no"),
    case.fails(metadataStartupScript="mysqld --skip-grant-tables"),
    case.fails(metadataStartupScript="MYSQL_ALLOW_EMPTY_PASSWORD=yes"),
    case.fails(metadata={"user-data": "NEO4J_AUTH: none"}),
    case.undecided(metadataStartupScript=case.UNKNOWN),
    case.passes(metadataStartupScript=case.concat("NEO4J_AUTH=neo4j/", case.UNKNOWN)),
    case.passes(metadataStartupScript=case.concat("echo ", case.UNKNOWN, " is the host\n")),
    case.fails(metadataStartupScript=case.concat("HOST=", case.UNKNOWN, "\nmongod --noauth")),
    *(
        case.undecided(metadataStartupScript=case.concat(before, case.UNKNOWN, "\ntrue"))
        for before in (
            "NEO4J_AUTH=",
            "dbms.security.auth_enabled = ",
            "POSTGRES_HOST_AUTH_METHOD: '",
            'mysql_allow_empty_password="',
            "redis-server --protected-mode ",
            "#!/bin/bash\n",
            "#!/bin/bash\n  ",
            "bash -ec '",
            "eval ",
        )
    ),
    case.fails(metadataStartupScript=case.UNKNOWN, metadata={"user-data": "mongod --noauth"}),
    *(case.undecided(metadata={key: case.UNKNOWN}) for key in SCRIPTS),
    *(case.fails(metadata={key: "NEO4J_AUTH=none"}) for key in SCRIPTS),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            metadataStartupScript="NEO4J_AUTH=none",
        )
    ),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, metadataStartupScript="NEO4J_AUTH=none")),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            metadataStartupScript="NEO4J_AUTH=none",
        )
    ),
]
