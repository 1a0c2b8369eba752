"""Whether Cloud Armor in front of a backend lets the internet in."""

from __future__ import annotations

from apex_guardrails.gcp.armor import LETS_THROUGH, POLICIES, admitted_by, rules_of
from apex_guardrails.gcp.networks import whole_number
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, is_true
from apex_guardrails.model.view import View
from apex_guardrails.network.references import References

_LAST = 2147483647
"""The priority of the rule for all that no other matches (Cloud Armor, "Security policies")."""


def admits_world(references: References, backend: Resource | None) -> bool | None:
    """Whether anybody passes; `None` where that is not known."""
    if backend is None or not backend.is_set("securityPolicy"):
        return True
    policies = references.named(backend, "securityPolicy", *POLICIES)
    return _admits(policies[0]) if policies else None


def _admits(policy: Resource) -> bool | None:
    says = [_says(rule) for rule in rules_of(policy)]
    if True in says:
        return True
    if None in says:
        return None
    # Without a last rule of its own a policy admits whom no rule denies.
    return not any(_is_last(rule) for rule in rules_of(policy))


def _is_last(rule: View) -> bool:
    return whole_number(rule.peek("priority")) == _LAST


def _says(rule: View) -> bool | None:
    """Whether a rule lets most of the internet pass; `None` where that is not known."""
    action = rule.peek("action")
    if action is UNKNOWN or rule.peek("") is UNKNOWN:
        return None
    is_watching = is_true(rule.peek("preview"))
    if action not in LETS_THROUGH:
        # What is only looked at denies nobody.
        return is_watching and _is_last(rule)
    if is_watching:
        return _is_last(rule)
    whom = admitted_by(rule, WideRanges())
    if whom.share:
        return True
    return None if whom.unknown or whom.to_a_part else False
