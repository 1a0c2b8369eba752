"""Workflow sources and environment variables contain no credentials."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CLOUDRUNV2_SERVICE, WORKFLOWS_WORKFLOW
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import find_violations

# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=WORKFLOWS_WORKFLOW,
    fix="Read it when the workflow runs, with the Secret Manager connector.",
)
def workflows_no_secrets(workflow: Resource) -> Iterator[Violation]:
    """Anyone who can view the workflow can read them."""
    return find_violations(workflow, "workflows-no-secrets")


CASES = [
    case.passes(),
    case.passes(sourceContents="main: {steps: []}", userEnvVars={"REGION": "us-central1"}),
    case.passes(sourceContents=case.UNKNOWN, userEnvVars={"URL": case.UNKNOWN}),
    case.passes(description=TOKEN),
    case.fails(sourceContents=f"main: {TOKEN}"),
    case.fails(sourceContents=case.secret(f"main: {TOKEN}")),
    case.fails(userEnvVars={"KEY": TOKEN}),
    case.fails(userEnvVars={"API_KEY": "correct horse"}),
    # Secret config has a rule of its own.
    case.passes(userEnvVars={"KEY": case.secret(case.SECRET_CONFIG)}),
    case.passes(
        case.resource(WORKFLOWS_WORKFLOW, userEnvVars={"SERVICE": case.output_of("service")}),
        case.resource(CLOUDRUNV2_SERVICE, "service", location="us-central1"),
    ),
]
