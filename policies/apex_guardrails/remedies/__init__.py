"""Rules' remedies on resources: what may be set, and what a resource is once it is set."""

from apex_guardrails.remedies.mending import Difference, Edit, Mended, Remediation
from apex_guardrails.remedies.safe import Suggestion, suggestion
from apex_guardrails.remedies.values import shown, with_values

__all__ = [
    "Difference",
    "Edit",
    "Mended",
    "Remediation",
    "Suggestion",
    "shown",
    "suggestion",
    "with_values",
]
