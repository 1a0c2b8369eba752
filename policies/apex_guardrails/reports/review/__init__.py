"""The security review: one HTML page that a reviewer reads, prints and signs."""

from typing import Final

from apex_guardrails.reports.formats import Format
from apex_guardrails.reports.review.page import render
from apex_guardrails.settings import ReportFormat

FORMAT: Final = Format(ReportFormat.HTML, ".html", render)

__all__ = ["FORMAT", "render"]
