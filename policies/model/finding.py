"""What a rule says about a resource, as settings weigh it."""

from __future__ import annotations

from dataclasses import dataclass

from policies.model.complaint import SourcePosition
from policies.model.grades import EnforcementLevel, Outcome
from policies.model.policy import Rule
from policies.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not pass on a resource.

    Attributes:
        level: what the finding does to the deployment: settings decide it, and for an undecided
            rule it is the level that settings give to "not known yet".
        path: the property at fault; "" where no single one is.
        position: where the program registers the resource, if the source knows.
        property_position: where it sets the property, if that is clear.
        waiver: what makes it advice although the rule's level is higher.
        also: other tools' checks that find the same, such as `checkov:CKV_GCP_60`.
    """

    rule: Rule
    outcome: Outcome
    level: EnforcementLevel
    urn: str
    path: str
    message: str
    position: SourcePosition | None = None
    property_position: SourcePosition | None = None
    waiver: Waiver | None = None
    also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same finding wherever the resources came from."""
        return (self.rule.id, self.urn, self.outcome.value, self.path)
