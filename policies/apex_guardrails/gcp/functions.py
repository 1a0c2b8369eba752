"""Cloud Functions, of both generations: from where they may be called, and as whom they run."""

from __future__ import annotations

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION, CLOUDFUNCTIONSV2_FUNCTION
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import is_true

EVERYWHERE = "ALLOW_ALL"
"""The ingress of functions that the internet reaches."""

INGRESS = {
    CLOUDFUNCTIONSV2_FUNCTION: Input("serviceConfig.ingressSettings", omitted=EVERYWHERE),
    CLOUDFUNCTIONS_FUNCTION: Input("ingressSettings", omitted=EVERYWHERE),
}
"""Where a function says from where it may be called. Omitted: from everywhere (the provider's
default)."""

FUNCTIONS = tuple(INGRESS)

ACCOUNT_PATHS = {
    CLOUDFUNCTIONSV2_FUNCTION: "serviceConfig.serviceAccountEmail",
    CLOUDFUNCTIONS_FUNCTION: "serviceAccountEmail",
}
"""Where each names the service account that it runs as."""


def is_called_over_http(function: Resource) -> bool:
    """Whether callers reach it at an address of its own, and not an event alone.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    if function.type.token == CLOUDFUNCTIONS_FUNCTION:
        # Omitted: an event starts it (the provider's page of cloudfunctions.Function, 2026-11).
        return is_true(function.get("triggerHttp", omitted=False))
    return not function.is_set("eventTrigger")
