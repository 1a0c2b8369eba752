"""Private keys are set only in inputs made for private keys."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CLOUDRUNV2_JOB, COMPUTE_NETWORK, COMPUTE_SSL_CERTIFICATE
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import PRIVATE_KEY, find_shown, find_violations

# Assembled here, so that nothing in this file has the form of a credential.
KEY = "-----BEGIN " + "PRIVATE KEY-----\nMII"


@rule(
    severity="critical",
    on=ANY_TYPE,
    found_by=find_shown,
    fix="Make a new key, store it in Secret Manager, and refer to that.",
)
def credentials_no_private_key_block(resource: Resource) -> Iterator[Violation]:
    """Anyone who can view the resource can read keys in its metadata, variables and files."""
    return find_violations(resource, PRIVATE_KEY)


def _job(value: object) -> case.CaseResource:
    containers = [{"envs": [{"name": "K", "value": value}]}]
    return case.resource(CLOUDRUNV2_JOB, template={"template": {"containers": containers}})


CASES = [
    case.passes(_job("a sentence about a PRIVATE KEY")),
    case.passes(_job(case.UNKNOWN)),
    case.passes(_job(case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(CLOUDRUNV2_JOB)),
    case.fails(_job(KEY)),
    case.fails(_job(f"a prefix {KEY}")),
    case.fails(_job(case.secret(KEY))),
    *(
        case.fails(_job(f"-----BEGIN {kind} " + "PRIVATE KEY-----\nMII"))
        for kind in ("RSA", "EC", "OPENSSH", "ENCRYPTED")
    ),
    # Another rule asks how the key came into the input that is made for it, and what labels hold.
    case.passes(case.resource(COMPUTE_SSL_CERTIFICATE, privateKey=KEY)),
    case.passes(case.resource(COMPUTE_NETWORK, description=KEY)),
    case.passes(_job("AKI" + "A" + "Z9" * 8)),
]
