"""Cloud Functions of the first generation answer over HTTPS only."""

from collections.abc import Iterator

from apex_guardrails.gcp.functions import is_called_over_http
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION
from apex_guardrails.model import Resource, Violation, case, rule, sets

PATH = "httpsTriggerSecurityLevel"


@rule(
    severity="medium",
    on=CLOUDFUNCTIONS_FUNCTION,
    when=is_called_over_http,
    controls=["checkov:CKV2_GCP_10"],
    fix='Set https_trigger_security_level="SECURE_ALWAYS".',
    remedy=sets("SECURE_ALWAYS"),
)
def functions_https_only(function: Resource) -> Iterator[Violation]:
    """A call over plain HTTP, with its token, can be read on the way."""
    # Omitted: both (Cloud Functions API, projects.locations.functions, SecurityLevel, 2026-11).
    if function.get(PATH, omitted="SECURE_OPTIONAL") != "SECURE_ALWAYS":
        yield function.fail("answers over plain HTTP, too", at=PATH)


CASES = [
    case.passes(triggerHttp=True, httpsTriggerSecurityLevel="SECURE_ALWAYS"),
    case.fails(triggerHttp=True),
    case.fails(triggerHttp=True, httpsTriggerSecurityLevel="SECURE_OPTIONAL"),
    case.undecided(triggerHttp=True, httpsTriggerSecurityLevel=case.UNKNOWN),
    case.undecided(triggerHttp=case.UNKNOWN),
    case.not_applicable(triggerHttp=False),
    case.not_applicable(),
]
