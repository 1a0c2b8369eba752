"""The one result of a run: what was found, what counts of it, and its JSON form."""

from apex_guardrails.judgement.judgement import Report, component_names

__all__ = ["Report", "component_names"]
