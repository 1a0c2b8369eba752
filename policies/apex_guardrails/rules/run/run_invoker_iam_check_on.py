"""Cloud Run's invoker IAM check is not disabled."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.run import SERVICES, unchecked_path
from apex_guardrails.gcp.run_annotations import INVOKER_IAM_DISABLED
from apex_guardrails.gcp.types import CLOUDRUN_SERVICE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SERVICES,
    fix="Remove invoker_iam_disabled=True, or the annotation "
    "run.googleapis.com/invoker-iam-disabled.",
)
def run_invoker_iam_check_on(service: Resource) -> Iterator[Violation]:
    """The service is public without any IAM binding to show it."""
    path = unchecked_path(service)
    if path:
        yield service.fail("can be called by anyone, whatever IAM says", at=path)


def _annotated(value: Any) -> case.CaseResource:
    annotations = {INVOKER_IAM_DISABLED: value}
    return case.resource(CLOUDRUN_SERVICE, metadata={"annotations": annotations})


CASES = [
    case.passes(invokerIamDisabled=False),
    case.passes(),
    case.fails(invokerIamDisabled=True),
    case.fails(invokerIamDisabled="true"),
    case.undecided(invokerIamDisabled=case.UNKNOWN),
    case.passes(case.resource(CLOUDRUN_SERVICE)),
    case.passes(_annotated("false")),
    case.fails(_annotated("true")),
    case.fails(_annotated("True")),
    case.undecided(_annotated(case.UNKNOWN)),
]
