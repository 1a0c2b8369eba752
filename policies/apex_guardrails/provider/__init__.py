"""What the Google Cloud provider knows of its resource types: their inputs and its check."""

from apex_guardrails.provider.check import Checked, Problem, check
from apex_guardrails.provider.schema import Field, TypeSchema, resource_type, type_schema

__all__ = [
    "Checked",
    "Field",
    "Problem",
    "TypeSchema",
    "check",
    "resource_type",
    "type_schema",
]
