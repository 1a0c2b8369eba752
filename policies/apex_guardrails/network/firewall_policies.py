"""Firewall policies of networks, whose rules count after those of the VPC itself, or before.

Source: Cloud NGFW documentation, "Firewall policy rules" and "Policy and rule evaluation order"
(2026-11). Policies of an organization or folder count before; which networks they are for, and what
else they say, a stack seldom knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from apex_guardrails.gcp.admitted import Admitted
from apex_guardrails.gcp.firewall_policies import RANGES, action_of, entries_of, source_of
from apex_guardrails.gcp.firewalls import DIRECTION
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import (
    COMPUTE_FIREWALL_POLICY_RULE,
    COMPUTE_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_NETWORK,
    COMPUTE_NETWORK_FIREWALL_POLICY,
    COMPUTE_NETWORK_FIREWALL_POLICY_ASSOCIATION,
    COMPUTE_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_ASSOCIATION,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import DependenciesUnknownError, View
from apex_guardrails.network.references import References, read_flag, read_list, read_texts
from apex_guardrails.network.rules import Rules, TrafficRule, first_unknown, priority_of

_RULES: Final = (COMPUTE_NETWORK_FIREWALL_POLICY_RULE, COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE)
_WHOLE: Final = (
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
)
_POLICIES: Final = (
    COMPUTE_NETWORK_FIREWALL_POLICY,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY,
    *_WHOLE,
)
_ASSOCIATIONS: Final = (
    COMPUTE_NETWORK_FIREWALL_POLICY_ASSOCIATION,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_ASSOCIATION,
)
ABOVE: Final = (COMPUTE_FIREWALL_POLICY_RULE, COMPUTE_FIREWALL_POLICY_WITH_RULES)
"""The rules of organizations and folders."""

POLICY_TYPES: Final = (*_POLICIES, *_RULES, *_ASSOCIATIONS, *ABOVE)
"""Policies, their rules, and what says whose they are."""

_LATER: Final = 100_000.0
"""More than any priority of a VPC's rule, which is 65535 at most."""


def add_policies(references: References, rules: Rules) -> None:
    """Takes in the rules of policies that networks of the stack have."""
    stack = references.stack
    rules.has_unread = any(
        _may_admit(rule) for above in stack.of_type(*ABOVE) for rule in _of(above)
    )
    networks: dict[str, set[str]] = {}
    for association in stack.of_type(*_ASSOCIATIONS):
        for policy in references.named(association, "firewallPolicy", *_POLICIES):
            names = references.networks(association, "attachmentTarget")
            networks.setdefault(policy.urn, set()).update(names)
    for rule in stack.of_type(*_RULES):
        policies = references.named(rule, "firewallPolicy", *_POLICIES)
        found = [name for policy in policies for name in networks.get(policy.urn, ())]
        rules.has_unread = rules.has_unread or (not found and _may_admit(rule))
        _add(references, rules, rule, frozenset(found))
    for policy in stack.of_type(*_WHOLE):
        for view in _of(policy):
            _add(references, rules, view, frozenset(networks.get(policy.urn, ())))


def _of(policy: Resource) -> Sequence[View]:
    """The rules of a policy that has them in it; another is one itself."""
    is_rule = policy.type.token in (*_RULES, ABOVE[0])
    return [policy] if is_rule else read_list(policy, "rules")[0]


def _may_admit(rule: View) -> bool:
    """Whether it may be one that lets something in."""
    return not (action_of(rule) == "deny" or rule.peek("direction") == "EGRESS")


def _add(references: References, rules: Rules, view: View, networks: frozenset[str]) -> None:
    does = action_of(view)
    if not networks or does == "goto_next":
        return
    whom = _whom(references, view)
    direction = DIRECTION.peek(view)
    accounts, are_known = references.accounts(view, "targetServiceAccounts")
    paths = ("action", "direction", "disabled", "priority", "targetSecureTags")
    unknown = first_unknown(view, *paths, *(() if are_known else ("targetServiceAccounts",)))
    for network in networks:
        rules.add_unlisted(
            TrafficRule(
                resource=view.resource,
                networks=frozenset([network]),
                is_ingress=None if direction is UNKNOWN else direction != "EGRESS",
                is_allow=does != "deny",
                is_disabled=None if does is UNKNOWN else read_flag(view, "disabled", omitted=False),
                priority=priority_of(view) + _LATER * (-1 if _is_first(references, network) else 1),
                opened=entries_of(view),
                ranges=tuple(read_texts(view, RANGES)[0]),
                whom=whom,
                tags=frozenset(),
                source_accounts=frozenset(),
                target_tags=frozenset(),
                target_accounts=accounts,
                has_unknown_targets=not are_known or bool(view.peek("targetSecureTags")),
                unknown=unknown or whom.unknown,
            )
        )


def _whom(references: References, view: View) -> Admitted:
    try:
        return source_of(view, WideRanges())
    except DependenciesUnknownError:
        references.dependencies_unknown = True
        return Admitted(unknown=view.at(RANGES).path)


def _is_first(references: References, network: str) -> bool:
    found = references.stack.resources.get(network)
    if found is None or found.type.token != COMPUTE_NETWORK:
        return False
    # Omitted: after (Compute Engine API, networkFirewallPolicyEnforcementOrder, 2026-11).
    return str(found.peek("networkFirewallPolicyEnforcementOrder")) == "BEFORE_CLASSIC_FIREWALL"
