"""What the internet, and others, may reach of machines."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.network.stacks import edges, from_outside, network

UNKNOWN = case.UNKNOWN
VM = "gcp:compute/instance:Instance"
VPC = case.resource("gcp:compute/network:Network", "vpc", name="vpc")
SUBNET = case.resource(
    "gcp:compute/subnetwork:Subnetwork",
    "subnet",
    name="subnet",
    network=case.output_of("vpc"),
    ipCidrRange="10.0.0.0/20",
)
WORLD = ["0.0.0.0/0"]
EPHEMERAL: list[dict[str, Any]] = [{}]


def vm(name: str = "web", *, address: Any = EPHEMERAL, **inputs: Any) -> CaseResource:
    interface = {"subnetwork": case.output_of("subnet"), "accessConfigs": address}
    return case.resource(VM, name, **{"networkInterfaces": [interface], **inputs})


def rule(name: str = "rule", *, ports: Any = ("443",), **inputs: Any) -> CaseResource:
    given = {
        "network": case.output_of("vpc"),
        "sourceRanges": WORLD,
        "allows": [{"protocol": "tcp", "ports": list(ports)}],
    }
    return case.resource("gcp:compute/firewall:Firewall", name, **{**given, **inputs})


def denial(name: str = "denial", **inputs: Any) -> CaseResource:
    given = {"allows": None, "denies": [{"protocol": "all"}], "priority": 10}
    return rule(name, **{**given, **inputs})


OPEN = "Internet > web: open tcp 443"
QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]
PERHAPS = "Internet > web: unknown tcp 443"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([vm()], []),  # without a rule nothing comes in
        ([vm(), rule()], [OPEN]),
        ([vm(address=None), rule()], []),
        ([vm(address=[]), rule()], []),
        ([vm(address=UNKNOWN), rule()], [PERHAPS]),
        ([vm(networkInterfaces=UNKNOWN), rule()], [PERHAPS, "Internet > web: unknown"]),
        ([vm(), rule(network=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(network="vpc")], [OPEN]),
        ([vm(), rule(network="projects/p/global/networks/vpc")], [OPEN]),
        ([vm(), rule(network="other")], []),
        ([vm(), rule(sourceRanges=["::/0"])], [OPEN]),
        ([vm(), rule(sourceRanges=None)], [OPEN]),
        ([vm(), rule(sourceRanges=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(sourceRanges=[UNKNOWN])], [PERHAPS]),
        ([vm(), rule(sourceRanges=[UNKNOWN, "0.0.0.0/0"])], [OPEN]),
        ([vm(), rule(direction="EGRESS")], []),
        ([vm(), rule(direction=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(disabled=True)], []),
        ([vm(), rule(disabled=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(targetTags=["web"])], []),
        ([vm(tags=["web"]), rule(targetTags=["web", "x"])], [OPEN]),
        ([vm(tags=["db"]), rule(targetTags=["web"])], []),
        ([vm(tags=UNKNOWN), rule(targetTags=["web"])], [PERHAPS]),
        ([vm(tags=["db"]), rule(targetTags=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(allows=UNKNOWN)], ["Internet > web: unknown"]),
        ([vm(), rule(ports=[UNKNOWN])], ["Internet > web: unknown"]),
        (
            [vm(), rule(ports=["22", UNKNOWN])],
            ["Internet > web: open tcp 22", "Internet > web: unknown"],
        ),
        ([vm(), rule(ports=["22", "8000-8100"])], ["Internet > web: open tcp 22, tcp 8000-8100"]),
        ([vm(), rule(allows=[{"protocol": "tcp"}])], ["Internet > web: open tcp"]),
        ([vm(), rule(allows=[{"protocol": "all"}])], ["Internet > web: open all"]),
        ([vm(), rule(allows=[{"protocol": "1"}])], ["Internet > web: open icmp"]),
        # The lower number counts first; of two with one number the denial does.
        ([vm(), rule(), denial()], []),
        ([vm(), rule(), denial(priority=1000)], []),
        ([vm(), rule(), denial(priority=1001)], [OPEN]),
        ([vm(), rule(), denial(priority=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(priority=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(), denial(targetTags=["db"])], [OPEN]),
        ([vm(), rule(), denial(sourceRanges=["198.51.100.0/24"])], [OPEN]),
        # What is denied to a part of the internet, however wide, is open to the rest of it.
        ([vm(), rule(), denial(sourceRanges=["128.0.0.0/1"])], [OPEN]),
        ([vm(), rule(), denial(sourceRanges=QUARTERS)], []),
        ([vm(), rule(sourceRanges=QUARTERS)], [OPEN]),
        # The network of a subnet is the subnet's output.
        ([vm(), rule(network=case.output_of("subnet"))], [OPEN]),
        ([vm(), rule(), denial(sourceRanges=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(), denial(denies=UNKNOWN)], [PERHAPS]),
        ([vm(), rule(), denial(denies=[{"protocol": "udp"}])], [OPEN]),
        ([vm(), rule(), denial(denies=[{"protocol": "tcp"}])], []),
        (
            [vm(), rule(ports=["20-30"]), denial(denies=[{"protocol": "tcp", "ports": ["22"]}])],
            ["Internet > web: open tcp 20-21, tcp 23-30"],
        ),
        # Some addresses of the internet.
        (
            [vm(), rule(sourceRanges=["203.0.113.0/24"])],
            ["203.0.113.0/24 > web: guarded tcp 443"],
        ),
        ([vm(address=None), rule(sourceRanges=["203.0.113.0/24"])], []),
        (
            [vm(address=UNKNOWN), rule(sourceRanges=["203.0.113.0/24"])],
            ["203.0.113.0/24 > web: unknown tcp 443"],
        ),
        (
            [vm(address=None), rule(sourceRanges=["35.235.240.0/20"], ports=["22"])],
            ["Identity-Aware Proxy > web: guarded tcp 22"],
        ),
    ],
)
def test_who_reaches_a_machine_from_outside(
    resources: list[CaseResource], expected: list[str]
) -> None:
    assert from_outside(VPC, SUBNET, *resources) == sorted(expected)


@pytest.mark.parametrize(
    ("target", "machine", "expected"),
    [
        (case.output_of("account"), case.output_of("account"), [OPEN]),
        (case.output_of("other"), case.output_of("account"), []),
        ("web@p.iam.gserviceaccount.com", "web@p.iam.gserviceaccount.com", [OPEN]),
        ("web@p.iam.gserviceaccount.com", case.output_of("account"), [OPEN]),
        ("db@p.iam.gserviceaccount.com", case.output_of("account"), []),
        (UNKNOWN, case.output_of("account"), [PERHAPS]),
        (case.output_of("account"), UNKNOWN, [PERHAPS]),
    ],
)
def test_rules_for_service_accounts(target: Any, machine: Any, expected: list[str]) -> None:
    account = "gcp:serviceaccount/account:Account"
    assert (
        from_outside(
            VPC,
            SUBNET,
            case.resource(account, "account", accountId="web"),
            case.resource(account, "other", accountId="other"),
            vm(serviceAccount={"email": machine}),
            rule(targetServiceAccounts=[target]),
        )
        == expected
    )


def test_a_network_of_another_stack_has_rules_that_nobody_sees_here() -> None:
    interface = {"network": "default", "accessConfigs": EPHEMERAL}
    assert edges(vm(networkInterfaces=[interface])) == [
        "Internet > web: unknown",
        "web > Internet: private",
        "web > default: private",
    ]


def test_firewall_policies_may_admit_the_internet() -> None:
    token = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
    assert from_outside(VPC, SUBNET, vm(), case.resource(token, "policy")) == [
        "Internet > web: unknown"
    ]


def test_rules_from_addresses_and_tags_inside() -> None:
    found = edges(
        VPC,
        SUBNET,
        vm("db", address=None, tags=["db"]),
        vm("web", address=None, tags=["web"]),
        rule("by-range", sourceRanges=["10.0.0.0/24"], targetTags=["db"], ports=["5432"]),
        rule("by-tag", sourceRanges=None, sourceTags=["web"], targetTags=["db"], ports=["22"]),
        rule("from-vpn", sourceRanges=["192.168.0.0/16"], targetTags=["db"], ports=["1"]),
        rule("health", sourceRanges=["35.191.0.0/16"], targetTags=["web"]),
        rule("anybody", targetTags=["web"], ports=["80"]),
    )
    assert found == [
        "192.168.0.0/16 > db: private tcp 1",
        "Google's front ends > web: private tcp 443",
        "db > subnet: private",
        "subnet > db: private tcp 5432",
        "vpc > web: private tcp 80",
        "web > db: private tcp 22",
        "web > subnet: private",
    ]


def test_many_machines_that_nothing_tells_apart_are_one_node() -> None:
    found = network(VPC, SUBNET, rule(), *(vm(f"vm{number:03}") for number in range(40)))
    (node,) = [item for item in found.nodes if item.type == VM]
    assert node.name == "vm000 and 39 more"
    assert len(node.urns) == 40
    assert node.access == "open"


@pytest.mark.parametrize(
    ("group", "path"),
    [
        ("gcp:compute/instanceGroupManager:InstanceGroupManager", "versions"),
        ("gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager", "versions"),
    ],
)
def test_a_group_is_reached_as_its_template_says(group: str, path: str) -> None:
    token = "gcp:compute/instanceTemplate:InstanceTemplate"
    interface = {"subnetwork": case.output_of("subnet"), "accessConfigs": EPHEMERAL}
    template = case.resource(token, "template", networkInterfaces=[interface], tags=["web"])
    made: dict[str, Any] = {path: [{"instanceTemplate": case.output_of("template")}]}
    managers = case.resource(group, "web", **made)
    assert from_outside(VPC, SUBNET, template, managers, rule(targetTags=["web"])) == [OPEN]
    # Without its template, everything about it is in doubt.
    elsewhere = case.resource(group, "web", versions=[{"instanceTemplate": "other"}])
    expected = sorted([PERHAPS, "Internet > web: unknown"])
    assert from_outside(VPC, SUBNET, elsewhere, rule()) == expected


def test_the_document_lists_firewall_rules_as_they_are() -> None:
    listed = network(
        VPC,
        rule("one", targetTags=["web"], priority=5),
        rule("two", sourceTags=[UNKNOWN], network="elsewhere", disabled=True),
        denial("three", direction="EGRESS", destinationRanges=["10.0.0.0/8"], priority=UNKNOWN),
    ).firewall
    assert [(item.name, item.network, item.direction, item.action) for item in listed] == [
        ("two", "elsewhere", "ingress (disabled)", "allow"),
        ("one", "vpc", "ingress", "allow"),
        ("three", "vpc", "egress", "deny"),
    ]
    assert listed[1].targets == ("tag web",)
    assert listed[2].peers == ("10.0.0.0/8",)
