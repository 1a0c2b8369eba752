"""What the Google Cloud provider knows of its resource types: their inputs and its check."""

from policies.provider.check import Checked, Problem, check
from policies.provider.schema import Field, TypeSchema, resource_type, type_schema

__all__ = [
    "Checked",
    "Field",
    "Problem",
    "TypeSchema",
    "check",
    "resource_type",
    "type_schema",
]
