"""Firewall policies: the types of their rules, and whom a rule admits.

Source: Cloud NGFW documentation, "Firewall policy rules": of its sources a rule admits each, and of
those only what comes from its kind of network (2026-11).
"""

from __future__ import annotations

from policies.model.google.address_groups import admitted_with_groups
from policies.model.google.admitted import Admitted, ranges_at
from policies.model.google.firewalls import is_ingress, names
from policies.model.google.public_space import EVERYBODY, WideRanges
from policies.model.value import UNKNOWN
from policies.model.view import View

RULES_BY_THEMSELVES = (
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
)
WITH_RULES = (
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
)
"""Policies that hold the same rules."""

ENTRIES, PROTOCOL = "match.layer4Configs", "ipProtocol"
"""Where a rule has its protocols and ports, and in each of them the protocol."""

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
    return given.peek("action") in (*ADMITTING, UNKNOWN) and is_ingress(given)


def source(given: View, limits: WideRanges) -> Admitted:
    """How much of the internet an ingress rule admits.

    Raises:
        DependenciesUnknownError: it names an address group by an output, and the source does not
            know the dependencies yet.
    """
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
    if not names(given, RANGES, GROUPS, *INTERNAL, *UNTOLD):
        return Admitted(EVERYBODY, at)  # naming no source, it admits any
    untold = [(given.at(path).path, UNKNOWN) for path in UNTOLD if names(given, path)]
    return admitted_with_groups(given, GROUPS, [*ranges_at(given, RANGES), *untold], limits, at)
