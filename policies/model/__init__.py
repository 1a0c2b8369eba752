"""What the whole project talks about: resources, values, rules and findings.

Pure: no file, no network, no clock, and no import of anything else of ours.
"""

from policies.model import case
from policies.model.complaint import Complaint, SourcePosition
from policies.model.cost import CostLimits, Costs, Spending
from policies.model.finding import Finding, Identity, identities
from policies.model.grades import EnforcementLevel, Outcome, Severity
from policies.model.policy import (
    ANY_TYPE,
    EnforcedRule,
    Looser,
    NoParameters,
    Parameters,
    Rule,
    rule,
)
from policies.model.reach import Reach
from policies.model.resource import Resource
from policies.model.resource_type import (
    STACK_TYPE,
    ResourceType,
    is_labelable,
    name_of,
    resource_label,
    type_of,
)
from policies.model.stack import Stack
from policies.model.value import UNKNOWN, Asset, ResourceReference, Secret
from policies.model.view import Origin, UndecidedError, View
from policies.model.waiver import Day, Waiver

__all__ = [
    "ANY_TYPE",
    "STACK_TYPE",
    "UNKNOWN",
    "Asset",
    "Complaint",
    "CostLimits",
    "Costs",
    "Day",
    "EnforcedRule",
    "EnforcementLevel",
    "Finding",
    "Identity",
    "Looser",
    "NoParameters",
    "Origin",
    "Outcome",
    "Parameters",
    "Reach",
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
    "Waiver",
    "case",
    "identities",
    "is_labelable",
    "name_of",
    "resource_label",
    "rule",
    "type_of",
]
