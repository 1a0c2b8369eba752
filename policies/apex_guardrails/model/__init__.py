"""What the whole project talks about: resources, values, rules and findings.

Pure: no file, no network, no clock, and no import of anything else of ours.
"""

from apex_guardrails.model import case
from apex_guardrails.model.cost import CostLimits, Costs, Spending
from apex_guardrails.model.finding import Finding, Identity, identities
from apex_guardrails.model.grades import EnforcementLevel, Outcome, Severity
from apex_guardrails.model.policy import (
    ANY_TYPE,
    EnforcedRule,
    KeysAmong,
    Looser,
    NoParameters,
    Parameters,
    Rule,
    rule,
)
from apex_guardrails.model.reach import Reach
from apex_guardrails.model.remedy import Assignments, Remedy, absent, sets, sets_by_name
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import (
    STACK_TYPE,
    ResourceType,
    is_labelable,
    name_of,
    resource_label,
    stack_and_project_of,
    type_of,
)
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Asset, ResourceReference, Secret
from apex_guardrails.model.view import Origin, UndecidedError, View
from apex_guardrails.model.violation import Replacement, SourcePosition, Violation
from apex_guardrails.model.waiver import Day, Waiver

__all__ = [
    "ANY_TYPE",
    "STACK_TYPE",
    "UNKNOWN",
    "Asset",
    "Assignments",
    "CostLimits",
    "Costs",
    "Day",
    "EnforcedRule",
    "EnforcementLevel",
    "Finding",
    "Identity",
    "KeysAmong",
    "Looser",
    "NoParameters",
    "Origin",
    "Outcome",
    "Parameters",
    "Reach",
    "Remedy",
    "Replacement",
    "Resource",
    "ResourceReference",
    "ResourceType",
    "Rule",
    "Secret",
    "Severity",
    "SourcePosition",
    "Spending",
    "Stack",
    "UndecidedError",
    "View",
    "Violation",
    "Waiver",
    "absent",
    "case",
    "identities",
    "is_labelable",
    "name_of",
    "resource_label",
    "rule",
    "sets",
    "sets_by_name",
    "stack_and_project_of",
    "type_of",
]
