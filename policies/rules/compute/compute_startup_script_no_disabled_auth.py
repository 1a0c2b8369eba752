"""Startup scripts do not switch off database authentication."""

import re
from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.machines import MACHINES, SCRIPTS, scripts

NO_AUTH = re.compile(
    r"\bNEO4J_AUTH\s*[=:]\s*[\"']?none\b"
    r"|\bdbms\.security\.auth_enabled\s*=\s*false\b"
    r"|\bPOSTGRES_HOST_AUTH_METHOD\s*[=:]\s*[\"']?trust\b"
    r"|\bMYSQL_ALLOW_EMPTY_PASSWORD\s*[=:]\s*[\"']?(?:yes|true|1)\b"
    r"|--skip-grant-tables\b|--noauth\b|--protected-mode\s+no\b",
    re.IGNORECASE,
)


@rule(
    severity="high",
    on=MACHINES,
    fix="Set a password from Secret Manager.",
)
def compute_startup_script_no_disabled_auth(machine: Resource) -> Iterator[Complaint]:
    """The database is open to the whole network."""
    for script in scripts(machine):
        found = NO_AUTH.search(str(script.get("", omitted="")))
        if found:
            yield script.fail(f"starts a database without a login ({found[0]})")


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
    *(case.undecided(metadata={key: case.UNKNOWN}) for key in SCRIPTS),
    *(case.fails(metadata={key: "NEO4J_AUTH=none"}) for key in SCRIPTS),
    case.fails(
        case.resource(
            "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
            metadataStartupScript="NEO4J_AUTH=none",
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate", metadataStartupScript="NEO4J_AUTH=none"
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
            metadataStartupScript="NEO4J_AUTH=none",
        )
    ),
]
