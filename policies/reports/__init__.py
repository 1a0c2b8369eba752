"""Renders what was decided, one file per format."""

from policies.reports.report import Report

__all__ = ["Report"]
