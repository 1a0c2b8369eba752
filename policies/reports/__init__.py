"""Renders what was decided, one file per format."""

from policies.reports.report import COST, Report

__all__ = ["COST", "Report"]
