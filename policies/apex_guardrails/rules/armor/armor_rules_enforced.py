"""Rules of Cloud Armor are enforced."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    COMPUTE_REGION_SECURITY_POLICY,
    COMPUTE_REGION_SECURITY_POLICY_RULE,
    COMPUTE_SECURITY_POLICY,
    COMPUTE_SECURITY_POLICY_RULE,
)
from apex_guardrails.model import Resource, View, Violation, case, rule
from apex_guardrails.model.value import is_true

POLICIES = (COMPUTE_SECURITY_POLICY, COMPUTE_REGION_SECURITY_POLICY)
RULES_ALONE = (COMPUTE_SECURITY_POLICY_RULE, COMPUTE_REGION_SECURITY_POLICY_RULE)


@rule(
    severity="low",
    on=(*POLICIES, *RULES_ALONE),
    fix="Remove preview=True.",
)
def armor_rules_enforced(policy: Resource) -> Iterator[Violation]:
    """A rule in preview logs the attack and lets it through."""
    if policy.type.token in RULES_ALONE:
        yield from _look(policy)
    else:
        yield from policy.stack.each(policy.each("rules"), _look)


def _look(view: View) -> Iterator[Violation]:
    # Omitted: enforced (Compute Engine API, securityPolicies, 2026-11).
    if is_true(view.get("preview", omitted=False)):
        yield view.fail("is in preview, and blocks nothing", at="preview")


CASES = [
    case.passes(rules=[{"preview": False}, {}]),
    case.passes(),
    *(case.fails(case.resource(token, rules=[{"preview": True}])) for token in POLICIES),
    case.fails(rules=[{"preview": case.UNKNOWN}, {"preview": True}]),
    case.undecided(rules=[{"preview": case.UNKNOWN}]),
    case.undecided(rules=case.UNKNOWN),
    *(case.passes(case.resource(token, preview=False)) for token in RULES_ALONE),
    *(case.passes(case.resource(token)) for token in RULES_ALONE),
    *(case.fails(case.resource(token, preview=True)) for token in RULES_ALONE),
    case.undecided(case.resource(RULES_ALONE[0], preview=case.UNKNOWN)),
]
