"""Renders what was decided, one file per format."""

from policies.reports.report import Report, component_names

__all__ = ["Report", "component_names"]
