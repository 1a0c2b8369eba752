"""The security review: one HTML page that a reviewer reads, prints and signs."""

from apex_guardrails.reports.review.page import render

__all__ = ["render"]
