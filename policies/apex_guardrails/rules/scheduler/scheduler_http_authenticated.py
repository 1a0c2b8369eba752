"""Scheduled calls of services on Google Cloud say who calls."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    CLOUDSCHEDULER_JOB,
)
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule

URI = "httpTarget.uri"
TOKENS = ("httpTarget.oidcToken.serviceAccountEmail", "httpTarget.oauthToken.serviceAccountEmail")
SERVICES = (CLOUDRUNV2_SERVICE, CLOUDRUN_SERVICE, *FUNCTIONS)
_GOOGLE = re.compile(
    r"^https?://[^/]*\.(?:run\.app|cloudfunctions\.net|googleapis\.com)(?:[:/?]|$)"
)


def _calls_google(job: Resource) -> bool:
    """Whether it calls a service that could ask for a token; another's may have other ways."""
    if any(True for _ in job.referred("httpTarget", *SERVICES)):
        return True
    address = job.peek(URI)
    if address is UNKNOWN:
        # The end of the host's name is often known.
        address = "".join(part or "" for part in job.known_parts(URI) or ())
    return bool(_GOOGLE.match(str(address or "").strip().lower()))


@rule(
    severity="medium",
    on=CLOUDSCHEDULER_JOB,
    when=_calls_google,
    fix="Set http_target.oidc_token, or oauth_token for Google's own APIs, and let that service "
    "account alone invoke the service.",
)
def scheduler_http_authenticated(job: Resource) -> Iterator[Violation]:
    """Such a call works only where everybody may call, so everybody may."""
    if not any(job.is_set(path) for path in TOKENS):
        yield job.fail("calls without a token", at=TOKENS[0])


def _job(uri: object, **target: object) -> case.CaseResource:
    return case.resource(None, httpTarget={"uri": uri, **target})


RUN = "https://shop-abc-ew.a.run.app/jobs"
SERVICE = case.resource(CLOUDRUNV2_SERVICE, "service", name="service")
TOKEN = {"serviceAccountEmail": "caller@p.iam.gserviceaccount.com"}
CASES = [
    case.passes(_job(RUN, oidcToken=TOKEN)),
    case.passes(_job("https://storage.googleapis.com/storage/v1/b", oauthToken=TOKEN)),
    case.passes(_job(RUN, oidcToken={"serviceAccountEmail": UNKNOWN})),
    case.passes(_job(RUN, oidcToken=UNKNOWN)),
    case.fails(_job(RUN)),
    case.fails(_job(RUN.upper())),
    case.fails(_job("https://shop-abc-ew.a.run.app")),
    case.fails(_job("https://shop-abc-ew.a.run.app:443/jobs")),
    case.fails(_job("https://shop-abc-ew.a.run.app?all=1")),
    case.fails(_job("https://europe-west1-p.cloudfunctions.net/clean", oidcToken={})),
    case.fails(_job("https://run.googleapis.com/v2/projects/p/locations/l/jobs/j:run")),
    case.fails(_job(case.output_of("service")), SERVICE),
    case.fails(_job(case.concat("https://", UNKNOWN, "-abc-ew.a.run.app/jobs"))),
    case.fails(
        _job(case.output_of("function")),
        case.resource(CLOUDFUNCTIONSV2_FUNCTION, "function"),
    ),
    case.not_applicable(_job("https://hooks.shop.example/jobs")),
    case.not_applicable(_job("https://shop.example/?to=a.run.app/")),
    case.not_applicable(_job("https://a.run.app.shop.example/")),
    case.not_applicable(_job(UNKNOWN)),
    case.not_applicable(pubsubTarget={"topicName": "jobs"}),
]
