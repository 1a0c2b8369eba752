"""Parameter Manager versions contain no credentials."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    PARAMETERMANAGER_PARAMETER_VERSION,
    PARAMETERMANAGER_REGIONAL_PARAMETER_VERSION,
)
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import find_violations

VERSIONS = (PARAMETERMANAGER_PARAMETER_VERSION, PARAMETERMANAGER_REGIONAL_PARAMETER_VERSION)
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="high",
    on=VERSIONS,
    fix='Store it in Secret Manager, and refer to it: __REF__("//secretmanager...").',
)
def parametermanager_no_plain_credentials(version: Resource) -> Iterator[Violation]:
    """Anyone who can view a parameter can read it: parameters are not secrets."""
    return find_violations(version, "parametermanager-no-plain-credentials")


CASES = [
    outcome(case.resource(token, **inputs), *others)
    for token in VERSIONS
    for outcome, inputs, others in (
        (case.passes, {}, ()),
        (case.passes, {"parameterData": "timeout: 30"}, ()),
        (case.passes, {"parameterData": case.secret("timeout: 30")}, ()),
        (case.passes, {"parameterData": case.UNKNOWN}, ()),
        (
            case.passes,
            {"parameterData": '__REF__("//secretmanager.googleapis.com/projects/p/secrets/s")'},
            (),
        ),
        (case.fails, {"parameterData": f"key: {TOKEN}"}, ()),
        (case.fails, {"parameterData": case.secret(f"key: {TOKEN}")}, ()),
        (case.fails, {"parameterData": '{"password": "correct horse"}'}, ()),
        # Secret config has a rule of its own.
        (case.passes, {"parameterData": case.secret(case.SECRET_CONFIG)}, ()),
    )
]
