"""Cloud Armor: the rules of a security policy, wherever the program writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apex_guardrails.gcp.admitted import Admitted, of_ranges, ranges_at
from apex_guardrails.gcp.armor_expressions import admitted_by_expression
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.gcp.references import Naming
from apex_guardrails.gcp.types import (
    COMPUTE_ORGANIZATION_SECURITY_POLICY,
    COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
    COMPUTE_REGION_SECURITY_POLICY,
    COMPUTE_REGION_SECURITY_POLICY_RULE,
    COMPUTE_SECURITY_POLICY,
    COMPUTE_SECURITY_POLICY_RULE,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import UndecidedError, View

POLICIES = (COMPUTE_SECURITY_POLICY, COMPUTE_REGION_SECURITY_POLICY)

POLICY_RULES = (COMPUTE_SECURITY_POLICY_RULE, COMPUTE_REGION_SECURITY_POLICY_RULE)

LETS_THROUGH = ("allow", "throttle", "rate_based_ban")
"""Actions that end the evaluation with a request let through: a rate limit does so with what stays
below it (Cloud Armor documentation, "Rate limiting overview", 2026-11).
"""

ANY_ADDRESS = "*"
"""What rules write for any address (Compute Engine API, securityPolicies.rules, 2026-11)."""

_RANGES = "match.config.srcIpRanges"
_EXPRESSION = "match.expr.expression"
_NETWORK = "networkMatch"
_OF_SENDERS = ("srcRegionCodes", "srcAsns")
"""What may be much of the internet, as Google alone knows."""


def rules_of(policy: Resource) -> Iterator[View]:
    """The rules of a policy: those in it, and those that are resources of their own.

    Of one that is not known, reading raises `UndecidedError`.
    """
    is_organizations = policy.type.token == COMPUTE_ORGANIZATION_SECURITY_POLICY
    by_policy = policy.stack.once(_of_organizations if is_organizations else _of_projects)
    yield from by_policy.naming(policy)
    if is_organizations:
        return
    if policy.peek("rules") is UNKNOWN:
        yield policy.at("rules[0]")
    yield from policy.elements("rules")


def _of_organizations(stack: Stack) -> Naming:
    return Naming(
        stack.of_type(COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE),
        "policyId",
        COMPUTE_ORGANIZATION_SECURITY_POLICY,
    )


def _of_projects(stack: Stack) -> Naming:
    return Naming(stack.of_type(*POLICY_RULES), "securityPolicy", *POLICIES)


def admitted_by(given: View, limits: WideRanges) -> Admitted:
    """How much of the internet a rule matches; nothing of it where it has other conditions."""
    expression = given.peek(_EXPRESSION, omitted="")
    at = given.at(_EXPRESSION).path
    if expression is UNKNOWN:
        return Admitted(unknown=at)
    if str(expression).strip():
        return admitted_by_expression(given.resource.stack, str(expression), limits, at)
    if given.resource.type.token in (POLICIES[1], POLICY_RULES[1]) and given.peek(_NETWORK):
        return _by_packets(given, limits)
    return _of_ranges(given, _RANGES, limits)


def unknown_share(given: View, path: str) -> UndecidedError:
    """Why it is not known how much of the internet a rule matches.

    Args:
        given: the rule.
        path: of what is not known.
    """
    policy = given.resource
    if "origin.region_code" not in str(given.peek(_EXPRESSION)):
        return UndecidedError(path, policy)
    return UndecidedError(
        path,
        policy,
        because=f"{path} of {policy.type.token} {policy.name} is about countries, and a "
        "country may be a large part of the internet",
        step="If the site is for these countries, waive the finding for that reason",
    )


def _by_packets(given: View, limits: WideRanges) -> Admitted:
    """Of the conditions on packets each narrows the others."""
    path = given.at(_NETWORK).path
    conditions = given.peek(_NETWORK)
    if not isinstance(conditions, Mapping):
        return Admitted(unknown=path)
    named = {name for name, value in conditions.items() if value}
    whom = Admitted(EVERYBODY, path) if named else Admitted()
    if "srcIpRanges" in named:
        whom = _of_ranges(given, f"{_NETWORK}.srcIpRanges", limits)
    if whom.is_certainly_not_public:
        return whom
    if named - {"srcIpRanges", *_OF_SENDERS}:
        return Admitted(to_a_part=path)
    return Admitted(unknown=path) if named.intersection(_OF_SENDERS) else whom


def _of_ranges(given: View, path: str, limits: WideRanges) -> Admitted:
    ranges = [
        (here, "0.0.0.0/0" if text == ANY_ADDRESS else text)
        for here, text in ranges_at(given, path)
    ]
    return of_ranges(ranges, limits, given.at(path).path)
