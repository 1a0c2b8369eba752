"""Whether Cloud Armor in front of a backend lets the internet in."""

from __future__ import annotations

from policies.model.google.armor import POLICIES, rules_of
from policies.model.google.public_space import WideRanges, coverage
from policies.model.resource import Resource
from policies.model.value import UNKNOWN, is_true
from policies.model.view import View
from policies.network.references import References, texts

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
    return str(rule.peek("priority")).removesuffix(".0") == str(_LAST)


def _says(rule: View) -> bool | None:
    """Whether a rule lets most of the internet pass; `None` where that is not known."""
    action = rule.peek("action")
    if action is UNKNOWN or rule.peek("") is UNKNOWN:
        return None
    if action != "allow":
        # What is only looked at denies nobody.
        return is_true(rule.peek("preview")) and _is_last(rule)
    ranges, is_unknown = texts(rule, "match.config.srcIpRanges")
    if "*" in ranges or coverage(ranges).is_wide(WideRanges()):
        return True
    return None if is_unknown or not ranges else False
