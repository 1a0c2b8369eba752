"""Startup scripts and metadata contain no credentials."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, PROJECT_METADATA
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_INSTANCE,
    COMPUTE_PROJECT_METADATA,
    COMPUTE_PROJECT_METADATA_ITEM,
)
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import find_violations

METADATA = (*MACHINES, *PROJECT_METADATA)
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=METADATA,
    fix="Read it at boot: gcloud secrets versions access latest --secret=NAME.",
)
def compute_startup_script_no_secrets(resource: Resource) -> Iterator[Violation]:
    """Everyone who can view or log in to the machine can read its metadata."""
    return find_violations(resource, "compute-startup-script-no-secrets")


CASES = [
    *(case.passes(case.resource(token)) for token in METADATA),
    case.passes(metadata={"enable-oslogin": "TRUE", "n": 1}, metadataStartupScript="echo hello"),
    case.passes(metadata=case.UNKNOWN, metadataStartupScript=case.UNKNOWN),
    case.passes(metadata={"startup-script": case.UNKNOWN}),
    case.passes(description=TOKEN),
    *(
        case.passes(metadataStartupScript=script)
        for script in (
            "gcloud secrets versions access latest --secret=neo4j-password",
            'export DB_PASSWORD="$(gcloud secrets versions access latest --secret=db)"',
            "DB_PASSWORD=`cat /run/password`",
            "PASSWORD=${PASSWORD:-}",
            "DB_PASSWORD=%s",
            "DB_PASSWORD={{ password }}",
            "DB_PASSWORD=<password>",
            "PASSWORD=/run/password",
            "PASSWORD=*******",
            "PASSWORD_FILE=correct-horse",
            "--require-password=false",
            "PASSWORD=",
            "PASSWORD= correct-horse",
        )
    ),
    *(
        case.fails(metadataStartupScript=script)
        for script in (
            "export DB_PASSWORD=correct-horse",
            "export DB_PASSWORD='correct-horse'",
            'neo4j --password="correct-horse"',
            "sshpass -e PASSWD=correct",
            "PASSPHRASE=correct-horse",
            "MODEL_API_KEY=correct-horse",
            "APIKEY=correct-horse",
            "ACCESS_TOKEN=correct-horse",
            "AUTH_TOKEN=correct-horse",
            "CLIENT_SECRET=correct-horse",
            f"curl -H 'X-Key: {TOKEN}'",
        )
    ),
    # A secret mark hides nothing from the machine. Secret config has a rule of its own.
    case.fails(metadataStartupScript=case.secret(f"curl -H 'X-Key: {TOKEN}'")),
    case.passes(metadata={"key": case.secret(case.SECRET_CONFIG)}),
    case.fails(metadata={"db-password": "correct horse"}),
    case.fails(metadata={"db-password": case.UNKNOWN}),
    case.fails(metadata={"user-data": "- name: POSTGRES_PASSWORD\n  value: correct-horse"}),
    *(case.fails(case.resource(token, metadata={"key": TOKEN})) for token in METADATA[:-1]),
    *(
        case.fails(case.resource(token, metadataStartupScript="DB_PASSWORD=correct-horse"))
        for token in METADATA[:-2]
    ),
    case.fails(
        case.resource(COMPUTE_PROJECT_METADATA, metadata={"a": "DB_PASSWORD=correct-horse"})
    ),
    case.fails(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="k", value=TOKEN)),
    case.passes(
        case.resource(COMPUTE_INSTANCE, metadata={"address": case.output_of("address")}),
        case.resource(COMPUTE_ADDRESS, "address"),
    ),
]
