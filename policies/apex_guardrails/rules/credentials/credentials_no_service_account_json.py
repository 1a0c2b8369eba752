"""No input contains a service account key file."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CLOUDRUNV2_JOB, COMPUTE_NETWORK
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import KEY_FILE, find_shown, find_violations

# Assembled here, so that nothing in this file has the form of a credential.
FILE = '{"type": "service_' + 'account", "private_key": "-----BEGIN ' + 'PRIVATE KEY-----"}'


@rule(
    severity="critical",
    on=ANY_TYPE,
    found_by=find_shown,
    fix="Delete the key, and use the workload's service account or workload identity federation.",
)
def credentials_no_service_account_json(resource: Resource) -> Iterator[Violation]:
    """A key file is a credential that never expires."""
    return find_violations(resource, KEY_FILE)


def _job(value: object) -> case.CaseResource:
    containers = [{"envs": [{"name": "K", "value": value}]}]
    return case.resource(CLOUDRUNV2_JOB, template={"template": {"containers": containers}})


CASES = [
    case.passes(_job('{"type": "service_account"}')),
    case.passes(_job(case.UNKNOWN)),
    case.passes(_job(case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(CLOUDRUNV2_JOB)),
    case.fails(_job(FILE)),
    case.fails(_job(case.secret(FILE))),
    case.fails(_job("ewogICJ0eXBlIjogInNlcnZpY2Vf" + "YWNjb3VudCIsCiAg")),
    case.fails(_job("eyJ0eXBlIjogInNlcnZpY2Vf" + "YWNjb3VudCIsICJw")),
    # A key alone has a rule of its own, and so have labels.
    case.passes(_job("-----BEGIN " + "PRIVATE KEY-----\nMII")),
    case.passes(case.resource(COMPUTE_NETWORK, description=FILE)),
]
