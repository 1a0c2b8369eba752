"""Firewall policies open public ports alone to the whole internet."""

from collections.abc import Iterator
from typing import Any

from policies.model import Complaint, Resource, View, case, rule
from policies.model.google.firewalls import (
    MEND,
    PING,
    WITH_PORTS,
    PublicPorts,
    is_ingress,
    names,
    protocol,
    shown,
    world_ranges,
)
from policies.model.google.networks import port_ranges

# Where each type says what kind of network its sources are in.
CONTEXT = ("match.srcNetworkContext", "match.srcNetworkScope")
RULES_BY_THEMSELVES = (
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
)
# They are not in the catalogue, and hold the same rules.
WITH_RULES = (
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
)
OTHER_SOURCES = (
    "match.srcAddressGroups",
    "match.srcFqdns",
    "match.srcNetworks",
    "match.srcRegionCodes",
    "match.srcSecureTags",
    "match.srcThreatIntelligences",
)
INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")


def _admits_or_has_rules(resource: Resource) -> bool:
    return resource.type.token in WITH_RULES or _admits(resource)


def _admits(given: View) -> bool:
    """Whether a rule of a policy admits what comes in."""
    return given.get("action") == "allow" and is_ingress(given)


@rule(
    severity="high",
    on=(*RULES_BY_THEMSELVES, *WITH_RULES),
    when=_admits_or_has_rules,
    fix=MEND.replace("source_ranges", "match.src_ip_ranges"),
    parameters=PublicPorts,
)
def firewall_policy_rules_not_public(
    resource: Resource, settings: PublicPorts
) -> Iterator[Complaint]:
    """They are evaluated before the rules of the VPC, and are often forgotten."""
    if resource.type.token in RULES_BY_THEMSELVES:
        yield from _check(resource, CONTEXT, settings)
        return
    yield from resource.stack.each(
        resource.each("rules"), lambda policy_rule: _check(policy_rule, CONTEXT[1:], settings)
    )


def _check(given: View, context: tuple[str, ...], settings: PublicPorts) -> Iterator[Complaint]:
    if not _admits(given):
        return
    if any(given.get(path) in INSIDE for path in context):
        return
    for source in _sources(given):
        for entry in given.each("match.layer4Configs"):
            name = protocol(entry, "ipProtocol")
            if name in PING:
                continue
            if name not in WITH_PORTS:
                yield entry.fail(f"admits {name or 'every protocol'} from the internet ({source})")
                continue
            for ports in port_ranges(entry):
                if any(number not in settings.public_ports for number in ports):
                    yield entry.fail(f"opens {shown(ports)} to the internet ({source})")


def _sources(given: View) -> Iterator[str]:
    if not names(given, "match.srcIpRanges", *OTHER_SOURCES):
        yield given.at("match.srcIpRanges").path  # naming no source, it admits any
    yield from world_ranges(given, "match.srcIpRanges")


def _rule(*ports: object, protocol: object = "tcp", **given: Any) -> dict[str, Any]:
    match = {"srcIpRanges": ["0.0.0.0/0"], **given.pop("match", {})}
    layer4 = given.pop("layer4", [{"ipProtocol": protocol, "ports": list(ports)}])
    return {"action": "allow", "match": {**match, "layer4Configs": layer4}, **given}


CASES = [
    case.passes(**_rule("80", "443")),
    case.passes(**_rule("8443"), _parameters={"public_ports": [8443]}),
    case.passes(**_rule("22", match={"srcIpRanges": ["10.0.0.0/8"]})),
    case.passes(**_rule("22", match={"srcIpRanges": [], "srcSecureTags": [{"name": "t"}]})),
    case.passes(**_rule("22", match={"srcNetworkContext": "INTRA_VPC"})),
    case.passes(**_rule("22", match={"srcNetworkScope": "NON_INTERNET"})),
    case.not_applicable(**_rule("22", action="deny")),
    case.not_applicable(**_rule("22", direction="EGRESS")),
    case.not_applicable(**_rule("22", disabled=True)),
    case.passes(**_rule(protocol="icmp")),
    case.passes(**_rule(layer4=[])),
    case.passes(action="allow", match={}),
    case.passes(action="allow"),
    case.not_applicable(),
    case.fails(**_rule("22", direction="INGRESS", disabled=False)),
    case.fails(**_rule("443-444")),
    case.fails(**_rule(protocol="6")),
    case.fails(**_rule(protocol="all")),
    case.fails(**_rule(layer4=[{"ports": ["1"]}])),
    case.fails(**_rule(layer4=[{"ipProtocol": "tcp"}])),
    case.fails(**_rule("22", match={"srcIpRanges": ["10.0.0.0/8", "::/0"]})),
    case.fails(**_rule("22", match={"srcIpRanges": []})),
    case.fails(**_rule("22", match={"srcNetworkContext": "INTERNET"})),
    case.fails(**_rule(case.UNKNOWN, "22", match={"srcFqdns": ["example.org"]})),
    case.undecided(**_rule("22", match={"srcNetworkContext": case.UNKNOWN})),
    case.undecided(**_rule("22", match={"srcNetworkScope": case.UNKNOWN})),
    case.undecided(**_rule("22", match={"srcIpRanges": case.UNKNOWN})),
    case.undecided(**_rule("22", match={"srcIpRanges": [case.UNKNOWN]})),
    case.undecided(**_rule("22", action=case.UNKNOWN)),
    case.undecided(**_rule("22", direction=case.UNKNOWN)),
    case.undecided(**_rule("22", disabled=case.UNKNOWN)),
    case.undecided(**_rule(layer4=case.UNKNOWN)),
    case.undecided(**_rule(protocol=case.UNKNOWN)),
    case.undecided(**_rule(case.UNKNOWN)),
    case.undecided(**_rule(layer4=[{"ipProtocol": "tcp", "ports": case.UNKNOWN}])),
    case.fails(case.resource(RULES_BY_THEMSELVES[1], **_rule("22"))),
    case.fails(case.resource(RULES_BY_THEMSELVES[2], **_rule("22"))),
    case.passes(case.resource(WITH_RULES[0], rules=[_rule("443"), _rule("22", action="deny")])),
    case.passes(case.resource(WITH_RULES[0])),
    case.fails(case.resource(WITH_RULES[0], rules=[_rule("443"), _rule("22")])),
    case.fails(
        case.resource(WITH_RULES[0], rules=[_rule("1", disabled=case.UNKNOWN), _rule("22")])
    ),
    case.fails(case.resource(WITH_RULES[0], rules=[_rule("1", match={"srcIpRanges": []})])),
    case.fails(case.resource(WITH_RULES[0], rules=[_rule("22", direction="INGRESS")])),
    case.fails(case.resource(WITH_RULES[0], rules=[_rule("22", disabled=False)])),
    case.passes(
        case.resource(WITH_RULES[0], rules=[_rule("22", match={"srcNetworkScope": "INTRA_VPC"})])
    ),
    case.fails(case.resource(WITH_RULES[0], rules=[_rule(layer4=[{}, {"ipProtocol": "tcp"}])])),
    case.passes(case.resource(WITH_RULES[0], rules=[_rule("22", disabled=True)])),
    case.fails(case.resource(WITH_RULES[1], rules=[_rule("22")])),
    case.fails(case.resource(WITH_RULES[2], rules=[_rule("22")])),
    case.undecided(case.resource(WITH_RULES[0], rules=case.UNKNOWN)),
    case.undecided(case.resource(WITH_RULES[0], rules=[_rule("22", action=case.UNKNOWN)])),
    *(
        case.undecided(case.resource(WITH_RULES[0], rules=[unknown]))
        for unknown in (
            _rule("22", direction=case.UNKNOWN),
            _rule("22", disabled=case.UNKNOWN),
            _rule("22", match={"srcNetworkScope": case.UNKNOWN}),
            _rule("22", match={"srcIpRanges": case.UNKNOWN}),
            _rule(layer4=case.UNKNOWN),
            _rule(protocol=case.UNKNOWN),
            _rule(layer4=[{"ipProtocol": "tcp", "ports": case.UNKNOWN}]),
            _rule(case.UNKNOWN),
        )
    ),
    *(
        case.passes(case.resource(WITH_RULES[0], rules=[omitted]))
        for omitted in ({}, {"action": "allow"}, {"action": "allow", "match": {}})
    ),
]
