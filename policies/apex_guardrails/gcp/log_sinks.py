"""Logs: what exports their entries and what keeps them, of a project or of what holds it."""

from __future__ import annotations

from apex_guardrails.gcp.types import (
    LOGGING_BILLING_ACCOUNT_SINK,
    LOGGING_FOLDER_SINK,
    LOGGING_ORGANIZATION_SINK,
    LOGGING_PROJECT_SINK,
)

SINKS = (
    LOGGING_PROJECT_SINK,
    LOGGING_FOLDER_SINK,
    LOGGING_ORGANIZATION_SINK,
    LOGGING_BILLING_ACCOUNT_SINK,
)
"""The types of sinks."""

LOG_BUCKETS = tuple(
    f"gcp:logging/{holder[0].lower()}{holder[1:]}BucketConfig:{holder}BucketConfig"
    for holder in ("Project", "Folder", "Organization", "BillingAccount")
)
"""The types of buckets that log entries are kept in."""
