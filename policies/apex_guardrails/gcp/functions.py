"""Cloud Functions, of both generations: from where they may be called."""

from __future__ import annotations

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION, CLOUDFUNCTIONSV2_FUNCTION

EVERYWHERE = "ALLOW_ALL"
"""The ingress of functions that the internet reaches."""

INGRESS = {
    CLOUDFUNCTIONSV2_FUNCTION: Input("serviceConfig.ingressSettings", omitted=EVERYWHERE),
    CLOUDFUNCTIONS_FUNCTION: Input("ingressSettings", omitted=EVERYWHERE),
}
"""Where a function says from where it may be called. Omitted: from everywhere (the provider's
default)."""

FUNCTIONS = tuple(INGRESS)
