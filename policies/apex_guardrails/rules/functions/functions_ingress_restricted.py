"""Cloud Functions ingress is internal or through a load balancer only."""

from collections.abc import Iterator

from apex_guardrails.gcp.functions import EVERYWHERE, FUNCTIONS, INGRESS, is_called_over_http
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION, CLOUDFUNCTIONSV2_FUNCTION
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=FUNCTIONS,
    when=is_called_over_http,
    controls=["checkov:CKV_GCP_124"],
    fix='Set ingress_settings="ALLOW_INTERNAL_AND_GCLB"; of the second generation in '
    "service_config.",
    # As run-ingress-restricted: IAM still asks who calls.
    level="advisory",
)
def functions_ingress_restricted(function: Resource) -> Iterator[Violation]:
    """The function's own address bypasses the load balancer, Cloud Armor and IAP."""
    ingress = INGRESS[function.type.token]
    if ingress.get(function) in ("", EVERYWHERE):
        yield function.fail("can be called from the internet", at=ingress.path)


def _second(**config: object) -> case.CaseResource:
    return case.resource(CLOUDFUNCTIONSV2_FUNCTION, serviceConfig=config)


def _first(**inputs: object) -> case.CaseResource:
    return case.CaseResource(CLOUDFUNCTIONS_FUNCTION, {"triggerHttp": True, **inputs})


CASES = [
    case.passes(_second(ingressSettings="ALLOW_INTERNAL_ONLY")),
    case.passes(_second(ingressSettings="ALLOW_INTERNAL_AND_GCLB")),
    case.fails(_second(ingressSettings=EVERYWHERE)),
    case.fails(_second(ingressSettings="")),
    case.fails(_second()),
    case.fails(case.resource(CLOUDFUNCTIONSV2_FUNCTION)),
    case.undecided(_second(ingressSettings=case.UNKNOWN)),
    case.not_applicable(case.resource(CLOUDFUNCTIONSV2_FUNCTION, eventTrigger={"eventType": "e"})),
    case.not_applicable(case.resource(CLOUDFUNCTIONSV2_FUNCTION, eventTrigger=case.UNKNOWN)),
    case.passes(_first(ingressSettings="ALLOW_INTERNAL_ONLY")),
    case.fails(_first()),
    case.fails(_first(triggerHttp="true")),
    case.undecided(_first(ingressSettings=case.UNKNOWN)),
    case.undecided(_first(triggerHttp=case.UNKNOWN)),
    case.not_applicable(_first(triggerHttp=False)),
    case.not_applicable(case.resource(CLOUDFUNCTIONS_FUNCTION)),
]
