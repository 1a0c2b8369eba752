"""Scheduler jobs contain no credentials in headers, attributes or body."""

import base64
from collections.abc import Iterator

from apex_guardrails.gcp.types import CLOUDSCHEDULER_JOB
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import find_shown, find_violations

HEADERS = ("httpTarget.headers", "appEngineHttpTarget.headers")
LOGINS = frozenset({"authorization", "proxy-authorization", "x-api-key", "x-goog-api-key"})
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=CLOUDSCHEDULER_JOB,
    fix="Set oidc_token or oauth_token: Scheduler then authenticates as a service account.",
)
def scheduler_no_secret_headers(job: Resource) -> Iterator[Violation]:
    """Anyone who can view the job can read them."""
    yield from find_violations(job, "scheduler-no-secret-headers")
    known = {item.path for item in find_shown(job)}
    for path in HEADERS:
        for leaf in job.leaves(path):
            name = leaf.path.removeprefix(path).strip('.[]"')
            # Known or not: whatever is there logs somebody in.
            if name.lower() in LOGINS and leaf.value != "" and leaf.path not in known:
                yield job.fail(f"authenticates with the {name} header", at=leaf.path)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CASES = [
    case.passes(),
    case.passes(httpTarget={"headers": {"Content-Type": "application/json"}}),
    case.passes(httpTarget={"headers": {"Authorization": ""}}),
    case.passes(httpTarget={"headers": {"Request-Id": case.UNKNOWN}}),
    case.passes(httpTarget={"headers": case.UNKNOWN, "body": case.UNKNOWN}),
    case.passes(httpTarget={"oidcToken": {"serviceAccountEmail": "a@b"}, "body": "e30="}),
    case.passes(pubsubTarget={"data": "e30=", "attributes": {"kind": "nightly"}}),
    case.fails(httpTarget={"headers": {"Authorization": "Basic correct-horse"}}),
    case.fails(httpTarget={"headers": {"authorization": case.UNKNOWN}}),
    case.fails(httpTarget={"headers": {"X-API-Key": "correct horse"}}),
    case.fails(httpTarget={"headers": {"X-Goog-Api-Key": "correct horse"}}),
    case.fails(httpTarget={"headers": {"Proxy-Authorization": "correct horse"}}),
    case.fails(appEngineHttpTarget={"headers": {"Authorization": "correct horse"}}),
    case.fails(httpTarget={"headers": {"X-Key": TOKEN}}),
    case.fails(appEngineHttpTarget={"headers": {"X-Key": TOKEN}}),
    case.fails(httpTarget={"headers": {"X-From": "Bearer c0rrect-h0rse"}}),
    # Secret config has a rule of its own.
    case.passes(httpTarget={"body": case.secret(case.SECRET_CONFIG)}),
    case.passes(httpTarget={"headers": {"Authorization": case.secret(case.SECRET_CONFIG)}}),
    case.fails(httpTarget={"body": f"key={TOKEN}"}),
    case.fails(appEngineHttpTarget={"body": f"key={TOKEN}"}),
    case.fails(pubsubTarget={"data": TOKEN}),
    # A body is in base64.
    case.fails(pubsubTarget={"data": _base64(f"key={TOKEN}")}),
    case.fails(httpTarget={"body": case.secret(_base64('{"password": "correct horse"}'))}),
    case.passes(httpTarget={"body": _base64("nothing")}),
    case.passes(httpTarget={"body": "no base64 é"}),
    case.passes(httpTarget={"body": "////"}),
    case.fails(pubsubTarget={"attributes": {"key": TOKEN}}),
]
