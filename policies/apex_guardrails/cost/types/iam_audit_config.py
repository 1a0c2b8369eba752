"""Data access logs that an audit config turns on: free to turn on, billed as logs.

Source: Google Cloud Observability's price page and Cloud Audit Logs' documentation, 2026-11.
"""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import (
    FOLDER_IAM_AUDIT_CONFIG,
    ORGANIZATIONS_IAM_AUDIT_CONFIG,
    PROJECTS_IAM_AUDIT_CONFIG,
)
from apex_guardrails.model import Resource


@priced(
    FOLDER_IAM_AUDIT_CONFIG,
    ORGANIZATIONS_IAM_AUDIT_CONFIG,
    PROJECTS_IAM_AUDIT_CONFIG,
    prices=("log.gib",),
    by_use=True,
)
def audit_config(_: Resource, pricing: Pricing) -> Components:
    """Logs of administrators' doings are free; those of who read and wrote data are not."""
    gib = pricing.assumed("audit_log_gib")
    yield pricing.component("data access logs", "log.gib", gib, region=WORLDWIDE)
