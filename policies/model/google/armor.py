"""Cloud Armor: the rules of a security policy, wherever the program writes them."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model.google.references import names
from policies.model.resource import Resource
from policies.model.value import UNKNOWN
from policies.model.view import View

POLICIES = (
    "gcp:compute/securityPolicy:SecurityPolicy",
    "gcp:compute/regionSecurityPolicy:RegionSecurityPolicy",
)

POLICY_RULES = (
    "gcp:compute/securityPolicyRule:SecurityPolicyRule",
    "gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule",
)


def rules_of(policy: Resource) -> Iterator[View]:
    """The rules of a policy: those in it, and those that are resources of their own.

    Of one that is not known, reading raises `UndecidedError`.
    """
    for given in policy.stack.of_type(*POLICY_RULES):
        if names(given, "securityPolicy", policy):
            yield given
    if policy.peek("rules") is UNKNOWN:
        yield policy.at("rules[0]")
    yield from policy.elements("rules")
