"""Renders what was decided, one file per format."""

from policies.reports.report import COST, Report, component_names

__all__ = ["COST", "Report", "component_names"]
