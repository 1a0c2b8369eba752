"""Firewall policies open only public ports to the whole internet."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.firewall_policies import (
    RULES_BY_THEMSELVES,
    WITH_RULES,
    admits,
    entries_of,
    require_admits,
    source_of,
)
from apex_guardrails.gcp.firewalls import (
    MEND,
    PING,
    WITH_PORTS,
    Entry,
    PublicPorts,
)
from apex_guardrails.gcp.networks import format_ports
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
    NETWORKSECURITY_ADDRESS_GROUP,
)
from apex_guardrails.model import Resource, UndecidedError, View, Violation, case, rule


def _admits_or_has_rules(resource: Resource) -> bool:
    return resource.type.token in WITH_RULES or admits(resource)


@rule(
    severity="high",
    on=(*RULES_BY_THEMSELVES, *WITH_RULES, COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE),
    when=_admits_or_has_rules,
    fix=MEND.replace("source_ranges", "match.src_ip_ranges"),
    parameters=PublicPorts,
)
def firewall_policy_rules_not_public(
    resource: Resource, settings: PublicPorts
) -> Iterator[Violation]:
    """They are evaluated before the VPC's own rules, and are easily forgotten."""
    if resource.type.token not in WITH_RULES:
        yield from _check(resource, settings)
        return
    yield from resource.stack.each(
        resource.each("rules"), lambda policy_rule: _check(policy_rule, settings)
    )


def _check(given: View, settings: PublicPorts) -> Iterator[Violation]:
    if not admits(given):
        return
    here = entries_of(given)
    found = [(entry, text) for entry in here.entries if (text := _harm(entry, settings))]
    gaps = [
        gap.path
        for gap in here.gaps
        if gap.ports is None or not all(map(settings.are_public, gap.ports))
    ]
    if not found and not gaps:
        return
    whom = source_of(given, settings)
    if whom.is_certainly_not_public:
        return
    for entry, text in found:
        require_admits(given)
        whom.require()
        yield entry.view.fail(f"{text} {whom.share} ({whom.at})")
    for gap in gaps:
        raise UndecidedError(gap)


def _harm(entry: Entry, settings: PublicPorts) -> str:
    """What an entry opens that should not be public, for a message; "" for nothing."""
    if entry.protocol in PING:
        return ""
    if entry.protocol not in WITH_PORTS:
        return (
            f"allows {'every protocol' if entry.protocol in ('', 'all') else entry.protocol} from"
        )
    ports = [part for part in entry.ports if not settings.are_public(part)]
    return f"opens {format_ports(*ports)} to" if ports else ""


QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]

WORLD = ["0.0.0.0/0"]
GROUPS_OF = "locations/global/addressGroups"


def _group(*items: object, of: str = "group", **other: object) -> case.CaseResource:
    given: dict[str, Any] = {"name": "office", "parent": "projects/p", "location": "global"}
    return case.resource(
        NETWORKSECURITY_ADDRESS_GROUP, of, **{**given, "items": list(items), **other}
    )


def _from_group(named: object) -> dict[str, Any]:
    return _rule("22", match={"srcIpRanges": ["10.0.0.0/8"], "srcAddressGroups": [named]})


def _rule(*ports: object, protocol: object = "tcp", **given: Any) -> dict[str, Any]:
    match = {"srcIpRanges": ["0.0.0.0/0"], **given.pop("match", {})}
    layer4 = given.pop("layer4", [{"ipProtocol": protocol, "ports": list(ports)}])
    return {"action": "allow", "match": {**match, "layer4Configs": layer4}, **given}


def _of_organization(*ports: object, **given: Any) -> dict[str, Any]:
    config = {
        "srcIpRanges": given.pop("srcIpRanges", WORLD),
        "layer4Configs": given.pop("layer4", [{"ipProtocol": "tcp", "ports": list(ports)}]),
    }
    kind = {key: given.pop(key) for key in ("versionedExpr", "expr") if key in given}
    return {"action": "allow", "match": {"config": config, **kind}, **given}


CASES = [
    case.passes(**_rule("80", "443")),
    case.passes(**_rule("8443"), _parameters={"public_ports": [8443]}),
    case.fails(**_rule("5432"), _parameters={"public_ports": [5432]}),
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
    case.fails(**_rule(22.0, protocol=6.0)),
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
    # Together they are the internet, however they are split.
    case.fails(**_rule("22", match={"srcIpRanges": QUARTERS})),
    case.fails(**_rule("22", match={"srcIpRanges": ["8.0.0.0/7"]})),
    case.passes(
        **_rule("22", match={"srcIpRanges": ["8.0.0.0/7"]}), _parameters={"widest_ipv4": 7}
    ),
    case.fails(**_rule("22", match={"srcIpRanges": ["office", *QUARTERS]})),
    case.undecided(**_rule("22", match={"srcIpRanges": ["office"]})),
    # What only Google can tell is not known; what is of the network is not the internet.
    *(
        case.undecided(**_rule("22", match={"srcIpRanges": ["10.0.0.0/8"], **untold}))
        for untold in (
            {"srcRegionCodes": ["US"]},
            {"srcThreatIntelligences": ["iplist-public-clouds"]},
            {"srcFqdns": ["example.org"]},
            {"srcFqdns": case.UNKNOWN},
            {"srcAddressGroups": case.UNKNOWN},
            {"srcAddressGroups": ["projects/q/locations/global/addressGroups/office"]},
        )
    ),
    case.undecided(**_rule("22", match={"srcIpRanges": [], "srcFqdns": ["example.org"]})),
    case.fails(**_rule("22", match={"srcFqdns": ["example.org"], "srcNetworkScope": "INTERNET"})),
    case.passes(**_rule("22", match={"srcIpRanges": [], "srcNetworks": ["vpc"]})),
    case.fails(**_rule("22", action="apply_security_profile_group")),
    case.fails(**_rule("22", action="ALLOW")),
    case.not_applicable(**_rule("22", action="Deny")),
    case.passes(
        case.resource(**_rule("22", match={"srcIpRanges": [case.output_of("nat")]})),
        case.resource(COMPUTE_ADDRESS, "nat"),
    ),
    # Where one of them is harmless, the others need not be known.
    case.passes(**_rule("443", match={"srcIpRanges": [case.UNKNOWN]})),
    case.passes(**_rule("443", match={"srcIpRanges": [], "srcRegionCodes": ["US"]})),
    case.passes(**_rule("443", protocol=case.UNKNOWN)),
    case.passes(**_rule("443", action=case.UNKNOWN)),
    case.passes(**_rule("443", direction=case.UNKNOWN)),
    case.passes(**_rule("443", match={"srcNetworkScope": case.UNKNOWN})),
    case.passes(**_rule(protocol="icmp", match={"srcIpRanges": case.UNKNOWN})),
    case.passes(**_rule(case.UNKNOWN, match={"srcIpRanges": ["10.0.0.0/8"]})),
    case.passes(
        **_rule("22", match={"srcIpRanges": ["10.0.0.0/8"], "srcNetworkScope": case.UNKNOWN})
    ),
    case.not_applicable(**_rule("22", action="deny", direction=case.UNKNOWN)),
    case.not_applicable(**_rule("22", action=case.UNKNOWN, direction="EGRESS")),
    case.not_applicable(**_rule("22", disabled=True, direction=case.UNKNOWN)),
    case.fails(**_rule(layer4=[case.UNKNOWN, {"ipProtocol": "tcp", "ports": ["22"]}])),
    # Groups of the same stack are read, by an output of theirs and by their id.
    *(
        expected(case.resource(RULES_BY_THEMSELVES[0], **_from_group(named)), _group(*items))
        for named in (case.output_of("group"), "projects/p/locations/global/addressGroups/office")
        for expected, items in (
            (case.fails, QUARTERS),
            (case.passes, ["10.0.0.0/8"]),
            (case.passes, []),
            (case.undecided, ["10.0.0.0/8", case.UNKNOWN]),
            (case.fails, [case.UNKNOWN, "0.0.0.0/0"]),
        )
    ),
    *(
        expected(
            case.resource(RULES_BY_THEMSELVES[0], **_from_group(named)), _group(*WORLD, **group)
        )
        for expected, named, group in (
            (case.fails, f"//x/projects/7/{GROUPS_OF}/office", {}),
            (case.fails, f"projects/p/{GROUPS_OF}/office", {"parent": None}),
            (case.undecided, f"projects/q/{GROUPS_OF}/office", {}),
            (case.undecided, f"projects/p/{GROUPS_OF}/home", {}),
            (case.undecided, f"projects/p/{GROUPS_OF}/office", {"location": "europe-west1"}),
            (case.undecided, "projects/p/locations/global/urlLists/office", {}),
            (case.undecided, f"organizations/7/{GROUPS_OF}/office", {}),
            (case.undecided, f"organizations/7/{GROUPS_OF}/office", {"parent": "organizations/8"}),
            (case.undecided, f"organizations/p/{GROUPS_OF}/office", {}),
            (case.fails, f"organizations/7/{GROUPS_OF}/office", {"parent": "organizations/7"}),
        )
    ),
    # Which of two groups it is nobody can tell: what is true of both is true.
    *(
        expected(
            case.resource(
                RULES_BY_THEMSELVES[0],
                **_rule(
                    "22",
                    match={
                        "srcIpRanges": [],
                        "srcAddressGroups": [case.output_of("one")],
                        "destAddressGroups": [case.output_of("two")],
                    },
                ),
            ),
            _group(*one, of="one"),
            _group(*two, of="two"),
        )
        for expected, one, two in (
            (case.passes, ["10.0.0.0/8"], ["192.168.0.0/16"]),
            (case.fails, WORLD, ["::/0"]),
            (case.undecided, WORLD, ["10.0.0.0/8"]),
        )
    ),
    case.fails(case.resource(RULES_BY_THEMSELVES[1], **_rule("22"))),
    case.fails(case.resource(RULES_BY_THEMSELVES[2], **_rule("22"))),
    *(
        expected(
            case.resource(
                COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE, **_of_organization(*ports, **given)
            )
        )
        for expected, ports, given in (
            (case.fails, ["22"], {}),
            (case.fails, ["22"], {"direction": "INGRESS", "preview": False}),
            (case.fails, ["22"], {"srcIpRanges": []}),
            (case.passes, ["22"], {"srcIpRanges": ["10.0.0.0/8"]}),
            (case.passes, ["443"], {"srcIpRanges": case.UNKNOWN}),
            (case.not_applicable, ["22"], {"direction": "EGRESS"}),
            (case.not_applicable, ["22"], {"action": "deny"}),
            (case.not_applicable, ["22"], {"preview": True}),
            (case.not_applicable, ["22"], {"versionedExpr": "SRC_IPS_V1"}),
            (case.not_applicable, ["22"], {"expr": {"expression": "true"}}),
            (case.undecided, ["22"], {"srcIpRanges": case.UNKNOWN}),
            (case.undecided, [case.UNKNOWN], {}),
            (case.undecided, [], {"layer4": case.UNKNOWN}),
            (case.undecided, [], {"layer4": [{"ipProtocol": "tcp", "ports": case.UNKNOWN}]}),
            (case.fails, [], {"layer4": [{"ipProtocol": "tcp"}]}),
            (case.undecided, ["22"], {"direction": case.UNKNOWN}),
            (case.undecided, ["22"], {"action": case.UNKNOWN}),
            (case.undecided, ["22"], {"preview": case.UNKNOWN}),
            (case.undecided, ["22"], {"versionedExpr": case.UNKNOWN}),
        )
    ),
    case.passes(case.resource(COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE, action="allow")),
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
