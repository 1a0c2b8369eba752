"""Firewall policies: the types of their rules, and whom a rule admits.

Source: Cloud NGFW documentation, "Firewall policy rules": of its sources a rule admits each, and of
those only what comes from its kind of network (2026-11).
"""

from __future__ import annotations

from apex_guardrails.gcp.address_groups import admitted_with_groups
from apex_guardrails.gcp.admitted import Admitted, admitted, sources_at
from apex_guardrails.gcp.firewalls import (
    DIRECTION,
    Opened,
    is_ingress,
    names_any,
    opened_at,
    require_in_force,
    require_known,
)
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.gcp.types import (
    COMPUTE_FIREWALL_POLICY_RULE,
    COMPUTE_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
)
from apex_guardrails.model.value import UNKNOWN, Value
from apex_guardrails.model.view import View

RULES_BY_THEMSELVES = (
    COMPUTE_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_FIREWALL_POLICY_RULE,
)
WITH_RULES = (
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_FIREWALL_POLICY_WITH_RULES,
)
"""Policies that hold the same rules."""


RANGES, GROUPS = "match.srcIpRanges", "match.srcAddressGroups"

INTERNAL = ("match.srcSecureTags", "match.srcNetworks")
"""Sources in networks of the owner's: never the internet."""

UNTOLD = ("match.srcRegionCodes", "match.srcThreatIntelligences", "match.srcFqdns")
"""Sources that Google alone knows, and changes; a country may be much of the internet."""

INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")
"""Kinds of networks that are not the internet."""

ADMITTING = ("allow", "apply_security_profile_group")
"""What is inspected is let through, too."""


def admits(given: View) -> bool:
    """Whether a rule admits what comes in, as far as that is known."""
    if _is_of_organization(given):
        # Omitted: of a firewall (the provider's default).
        kind = given.peek("match.versionedExpr", omitted="FIREWALL")
        if kind not in ("FIREWALL", UNKNOWN) or given.is_set("match.expr"):
            return False
        if given.peek("preview") is True:
            return False
        comes_in = DIRECTION.peek(given) in ("INGRESS", UNKNOWN)
    else:
        comes_in = is_ingress(given)
    return comes_in and action_of(given) in (*ADMITTING, UNKNOWN)


def action_of(given: View) -> Value:
    """What a rule does, in small letters, however it is spelled."""
    value = given.peek("action")
    return value.lower() if isinstance(value, str) else value


def require_admits(given: View) -> None:
    """Goes on where it is known that a rule is in force, and that it admits what comes in.

    Raises:
        UndecidedError: one of them is not known before deployment.
    """
    if _is_of_organization(given):
        require_known(given, "direction", "preview", "match.versionedExpr", "action")
    else:
        require_in_force(given)
        require_known(given, "action")


def entries_of(given: View) -> Opened:
    """What a rule opens."""
    path = f"match.{'config.' if _is_of_organization(given) else ''}layer4Configs"
    return opened_at(given, path, "ipProtocol")


def _is_of_organization(given: View) -> bool:
    """Whether an organization's policy holds it, which may be one of Cloud Armor's, too."""
    return given.resource.type.token == COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE


def source_of(given: View, limits: WideRanges) -> Admitted:
    """How much of the internet an ingress rule admits.

    Raises:
        DependenciesUnknownError: it names an address group by an output, and the source does not
            know the dependencies yet.
    """
    if _is_of_organization(given):
        path = "match.config.srcIpRanges"
        if not names_any(given, path):
            return Admitted(EVERYBODY, path)
        return admitted(given, path, limits)
    kinds = {path: given.peek(path) for path in _kinds(given)}
    if any(value in INSIDE for value in kinds.values()):
        return Admitted()
    whom = _listed(given, limits)
    for path, value in kinds.items():
        if value is UNKNOWN and not whom.is_certainly_not_public:
            return Admitted(unknown=given.at(path).path)
    return whom


def _kinds(given: View) -> tuple[str, ...]:
    """Where a rule says what kind of network its sources are in."""
    alone = ("match.srcNetworkContext",) if given.resource.type.token in RULES_BY_THEMSELVES else ()
    return (*alone, "match.srcNetworkScope")


def _listed(given: View, limits: WideRanges) -> Admitted:
    at = given.at(RANGES).path
    if not names_any(given, RANGES, GROUPS, *INTERNAL, *UNTOLD):
        return Admitted(EVERYBODY, at)  # naming no source, it admits any
    untold = [(given.at(path).path, UNKNOWN) for path in UNTOLD if names_any(given, path)]
    return admitted_with_groups(given, GROUPS, [*sources_at(given, RANGES), *untold], limits, at)
