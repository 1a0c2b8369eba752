"""No input contains an API key or a token in a known format."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.types import (
    CLOUDRUNV2_JOB,
    COMPUTE_INSTANCE,
    COMPUTE_NETWORK,
    SQL_USER,
    STORAGE_BUCKET_OBJECT,
    STORAGE_TRANSFER_JOB,
)
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import TOKEN as RULE
from apex_guardrails.rules.families.shown_inputs import find_shown, find_violations


@rule(
    severity="critical",
    on="*",
    found_by=find_shown,
    fix="Revoke the credential, store a new one in Secret Manager, and refer to that.",
)
def credentials_no_known_token(resource: Resource) -> Iterator[Violation]:
    """Anyone who can read the source, the state or the console can use it."""
    return find_violations(resource, RULE)


def _env(value: Any) -> dict[str, Any]:
    return {"template": {"template": {"containers": [{"envs": [{"name": "K", "value": value}]}]}}}


# Assembled here, so that nothing in this file has the form of a credential.
CASES = [
    case.passes(case.resource(CLOUDRUNV2_JOB, **_env("a sentence about sk- and eyJ and AKIA"))),
    case.passes(case.resource(CLOUDRUNV2_JOB, **_env("disk-" + "a1" * 24))),
    case.passes(case.resource(CLOUDRUNV2_JOB, **_env(case.UNKNOWN))),
    case.passes(case.resource(CLOUDRUNV2_JOB, **_env(case.secret(case.SECRET_CONFIG)))),
    case.passes(case.resource(CLOUDRUNV2_JOB)),
    *(
        case.fails(case.resource(CLOUDRUNV2_JOB, **_env(token)))
        for token in (
            "sk-" + "a1" * 24,
            "sk-" + "proj-" + "a1" * 24,
            "sk-" + "ant-" + "api03-" + "a1" * 24,
            "AKI" + "A" + "Z9" * 8,
            "key=AIz" + "a" + "Z" * 35,
            "eyJ" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".c2lnbmF0dXJl",
            "gh" + "p_" + "a1" * 18,
            "xox" + "b-" + "1" * 24,
        )
    ),
    case.fails(case.resource(CLOUDRUNV2_JOB, **_env(case.secret("sk-" + "a1" * 24)))),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, content="key: sk-" + "a1" * 24)),
    # What secret config brings is not in the program: it has rules of its own.
    case.passes(
        case.resource(CLOUDRUNV2_JOB, **_env(case.secret("sk-" + "a1" * 24))),
        _config={"p:token": case.secret("sk-" + "a1" * 24)},
    ),
    # Other rules ask what is in inputs that are made for credentials, in metadata and in labels.
    case.passes(case.resource(SQL_USER, password="sk-" + "a1" * 24)),
    case.passes(case.resource(COMPUTE_INSTANCE, metadata={"k": "sk-" + "a1" * 24})),
    case.passes(case.resource(COMPUTE_NETWORK, description="sk-" + "a1" * 24)),
    case.passes(
        case.resource("pulumi:providers:gcp", accessToken="ya" + "29." + "a1" * 24),
    ),
    # It says whose key it is, and opens nothing: the provider hides it all the same.
    case.passes(
        case.resource(
            STORAGE_TRANSFER_JOB,
            transferSpec={
                "awsS3DataSource": {"awsAccessKey": {"accessKeyId": "AKI" + "A" + "Z9" * 8}}
            },
        )
    ),
    case.passes(case.resource(CLOUDRUNV2_JOB, **_env("-----BEGIN " + "PRIVATE KEY-----\nMII"))),
    case.passes(
        case.resource(CLOUDRUNV2_JOB, **_env('{"type": "service_' + 'account", "private_key": ""}'))
    ),
]
