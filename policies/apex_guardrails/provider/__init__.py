"""What the Google Cloud provider knows of its resource types: their inputs and its check."""

from apex_guardrails.provider.check import Checked, Problem, check
from apex_guardrails.provider.plan import planned
from apex_guardrails.provider.schema import Field, TypeSchema, resource_type, type_schema
from apex_guardrails.provider.versions import current, current_names, current_token, names_of

__all__ = [
    "Checked",
    "Field",
    "Problem",
    "TypeSchema",
    "check",
    "current",
    "current_names",
    "current_token",
    "names_of",
    "planned",
    "resource_type",
    "type_schema",
]
