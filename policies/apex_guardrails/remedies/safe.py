"""What a rule's remedy comes to on one resource, as far as it is safe."""

from __future__ import annotations

from dataclasses import dataclass, field

from apex_guardrails.model import Assignments, EnforcedRule, Finding, Outcome, Resource
from apex_guardrails.model.value import parse_path
from apex_guardrails.provider.schema import Field, type_schema
from apex_guardrails.support.streams import aside


@dataclass(frozen=True)
class Suggestion:
    """What would mend a finding.

    Attributes:
        assignments: values by the path of their input; none where the rule has no remedy, or none
            that is safe here.
        because: why there are none, as a sentence without its full stop.
        by_hand: why the engine must not set them; "" where it may.
    """

    assignments: Assignments = field(default_factory=dict)
    because: str = ""
    by_hand: str = ""

    def __bool__(self) -> bool:
        return bool(self.assignments)


def suggestion(enforced: EnforcedRule, finding: Finding, resource: Resource) -> Suggestion:
    """What would mend a finding on a resource without replacing it."""
    remedy = enforced.rule.remedy
    if remedy is None:
        return Suggestion(because="the rule has no remedy that is safe everywhere")
    if finding.outcome is not Outcome.FAILS:
        return Suggestion(because="whether it is wrong is not known before deployment")
    with aside():
        assignments = remedy.inputs(resource, finding.path, enforced.parameters)
    if not assignments:
        return Suggestion(because="the remedy has no value for it")
    for path in assignments:
        if resource.ignored is not None and resource.ignored.covers(path):
            return Suggestion(because=f"changes of {path} are ignored")
        if replaces(resource.type.token, path):
            return Suggestion(because=f"to change {path} replaces the resource")
    return Suggestion(assignments, by_hand=remedy.by_hand)


def replaces(token: str, path: str) -> bool:
    """Whether a change of an input replaces a resource, or may, as nobody here knows the input."""
    schema = type_schema(token)
    fields = schema.fields if schema else {}
    for step in parse_path(path):
        if isinstance(step, int):
            continue
        known: Field | None = fields.get(step)
        if known is None or known.get("forceNew"):
            return True
        if known.get("type") == "map":
            return False
        fields = known.get("fields") or {}
    return False
