"""Ways from the internet to databases: which there are, and which are none."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.network.ways import ways_to_databases
from tests.policies.network.stacks import stack_of

UNKNOWN = case.UNKNOWN
COMPUTE = "gcp:compute/"
VPC = case.resource("gcp:compute/network:Network", "vpc", name="vpc")
WORLD = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]
ADDRESS: list[dict[str, Any]] = [{}]


def compute(kind: str, name: str, /, **inputs: Any) -> CaseResource:
    small = kind[0].lower() + kind[1:]
    return case.resource(f"{COMPUTE}{small}:{kind}", name, **inputs)


def interface(address: Any = None) -> list[dict[str, Any]]:
    return [{"network": case.output_of("vpc"), "accessConfigs": address}]


def vm(name: str = "orders", *, address: Any = None, **inputs: Any) -> CaseResource:
    return compute("Instance", name, **{"networkInterfaces": interface(address), **inputs})


def firewall(*ports: Any, **inputs: Any) -> CaseResource:
    allows = [{"protocol": "tcp", "ports": list(ports)}] if ports else [{"protocol": "all"}]
    given = {"network": case.output_of("vpc"), "sourceRanges": WORLD, "allows": allows}
    return compute("Firewall", "admits", **{**given, **inputs})


def out(name: str) -> Any:
    return case.output_of(name)


def ways(*resources: CaseResource) -> list[str]:
    """Each way: where it opens, whether it is open, and the last of what it leads to."""
    return [
        f"{way.resource.name}: {'open' if way.is_open else 'undecided'}: {way.hops[-1]}"
        for way in ways_to_databases(stack_of(*resources))
    ]


def front(**inputs: Any) -> CaseResource:
    given = {"target": out("proxy"), "portRange": "443"}
    return compute("GlobalForwardingRule", "front", **{**given, **inputs})


def proxied(*behind: CaseResource, **backend: Any) -> list[CaseResource]:
    """A proxy for TCP from the internet to a group."""
    return [
        front(),
        compute("TargetTCPProxy", "proxy", backendService=out("backend")),
        compute("BackendService", "backend", backends=[{"group": out("group")}], **backend),
        *behind,
    ]


def group_of(machine: CaseResource, *ports: tuple[str, Any]) -> list[CaseResource]:
    named = [{"name": name, "port": port} for name, port in ports]
    group = compute("InstanceGroup", "group", instances=[out(machine.name)], namedPorts=named)
    return [VPC, machine, group]


# -- load balancers ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["EXTERNAL", "EXTERNAL_MANAGED", None])
def test_a_proxy_leads_to_the_port_of_a_database(address: str | None) -> None:
    stack = proxied(*group_of(vm("a"), ("pg", 5432)), portName="pg")
    stack[0] = front(loadBalancingScheme=address)
    assert ways(*stack) == ["front: open: instance a"]


def test_a_way_names_every_hop_and_why_its_end_is_a_database() -> None:
    [way] = ways_to_databases(
        stack_of(*proxied(*group_of(vm("a", tags=["db"]), ("pg", 5432)), portName="pg"))
    )
    assert way.hops == (
        "global forwarding rule front",
        "target TCP proxy proxy",
        "backend service backend",
        "instance group group",
        "instance a",
    )
    assert way.why == "port 5432 is PostgreSQL's, and the tag db says a database"
    assert way.path == "target"


@pytest.mark.parametrize(
    ("machine", "ports", "backend", "found"),
    [
        # The port that is reached decides.
        (vm("postgres-exporter"), [("metrics", 9187)], {"portName": "metrics"}, []),
        (vm("postgres"), [("metrics", 9187)], {"portName": "metrics"}, []),
        (vm("web"), [("http", 8080)], {}, []),
        (vm("web"), [("odd", 7000)], {"portName": "odd"}, []),
        (vm("postgres"), [("odd", 7000)], {"portName": "odd"}, ["open"]),
        (vm("orders", labels={"role": "mysql"}), [("odd", 7000)], {"portName": "odd"}, ["open"]),
        (vm("orders", labels={"wants": "mysql"}), [("odd", 7000)], {"portName": "odd"}, []),
        (vm("web"), [("pg", UNKNOWN)], {"portName": "pg"}, []),
        (vm("postgres"), [("pg", UNKNOWN)], {"portName": "pg"}, ["undecided"]),
        (vm("web"), [("pg", 5432.0)], {"portName": "pg"}, ["open"]),
        # Who may pass.
        (vm(), [("pg", 5432)], {"portName": "pg", "securityPolicy": "elsewhere"}, ["undecided"]),
    ],
)
def test_what_is_behind_a_proxy(
    machine: CaseResource, ports: Any, backend: dict[str, Any], found: list[str]
) -> None:
    said = ways(*proxied(*group_of(machine, *ports), **backend))
    assert [text.split(": ")[1] for text in said] == found


def test_an_internal_load_balancer_is_no_way_in() -> None:
    stack = proxied(*group_of(vm(), ("pg", 5432)), portName="pg")
    stack[0] = front(loadBalancingScheme="INTERNAL_MANAGED")
    assert ways(*stack) == []
    stack[0] = front(loadBalancingScheme=UNKNOWN)
    assert ways(*stack) == ["front: undecided: instance orders"]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([("deny(403)", "*", 2147483647), ("allow", "198.51.100.0/24", 10)], []),
        ([("deny(403)", "*", 2147483647), ("allow", "0.0.0.0/0", 10)], ["open"]),
        ([("allow", "*", 2147483647)], ["open"]),
        ([("deny(403)", "1.2.3.0/24", 10)], ["open"]),
        ([("deny(403)", "*", 2147483647), ("allow", UNKNOWN, 10)], ["undecided"]),
        ([("deny(403)", "*", 2147483647), ("allow", "office", 10)], ["undecided"]),
        ([("deny(403)", "*", 2147483647), ("throttle", "*", 10)], ["open"]),
    ],
)
def test_cloud_armor_may_admit_listed_addresses_alone(rules: Any, found: list[str]) -> None:
    given = [
        {"action": action, "priority": priority, "match": {"config": {"srcIpRanges": [given]}}}
        for action, given, priority in rules
    ]
    assert behind_armor(given) == found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("inIpRange(origin.ip, '198.51.100.0/24')", []),
        ("request.headers['x-team'] == 'blue'", []),
        ("origin.region_code == 'AU'", ["undecided"]),
        ("request.path == '/_search'", ["undecided"]),
        ("request.path.startsWith('/')", ["open"]),
    ],
)
def test_what_cloud_armor_admits_by_an_expression(expression: str, found: list[str]) -> None:
    allow = {"action": "allow", "priority": 10, "match": {"expr": {"expression": expression}}}
    everybody = {"config": {"srcIpRanges": ["*"]}}
    last = {"action": "deny(403)", "priority": 2147483647, "match": everybody}
    assert behind_armor([allow, last]) == found


def behind_armor(rules: list[dict[str, Any]]) -> list[str]:
    policy = compute("SecurityPolicy", "policy", rules=rules)
    stack = proxied(*group_of(vm(), ("pg", 5432)), portName="pg", securityPolicy=out("policy"))
    return [text.split(": ")[1] for text in ways(*stack, policy)]


def endpoints(kind: str, **inputs: Any) -> CaseResource:
    return compute(kind, "group", name="group", **inputs)


SQL = case.resource("gcp:sql/databaseInstance:DatabaseInstance", "ledger")
ALLOYDB = case.resource("gcp:alloydb/instance:Instance", "ledger")
PSC = "PRIVATE_SERVICE_CONNECT"


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        (
            [
                endpoints("NetworkEndpointGroup", networkEndpointType="NON_GCP_PRIVATE_IP_PORT"),
                compute(
                    "NetworkEndpoint",
                    "end",
                    networkEndpointGroup=out("group"),
                    ipAddress="10.0.0.3",
                    port=5432,
                ),
            ],
            ["front: open: network endpoint end"],
        ),
        (
            [
                endpoints("NetworkEndpointGroup", defaultPort=3306),
                compute(
                    "NetworkEndpointList",
                    "ends",
                    networkEndpointGroup="group",
                    networkEndpoints=[{"ipAddress": "10.0.0.3"}],
                ),
            ],
            ["front: open: network endpoint list ends"],
        ),
        (
            [
                endpoints("NetworkEndpointGroup", defaultPort=9000),
                SQL,
                compute(
                    "NetworkEndpoint", "end", networkEndpointGroup="group", ipAddress=out("ledger")
                ),
            ],
            ["front: open: database instance ledger"],
        ),
        (
            [endpoints("NetworkEndpointGroup", defaultPort=6379)],
            ["front: open: network endpoint group group"],
        ),
        ([endpoints("NetworkEndpointGroup", defaultPort=8080)], []),
        (
            [
                endpoints("GlobalNetworkEndpointGroup", networkEndpointType="INTERNET_FQDN_PORT"),
                compute(
                    "GlobalNetworkEndpoint",
                    "end",
                    globalNetworkEndpointGroup=out("group"),
                    fqdn="db.example.org",
                    port=27017,
                ),
            ],
            ["front: open: global network endpoint end"],
        ),
        (
            [
                endpoints("RegionNetworkEndpointGroup", networkEndpointType="INTERNET_IP_PORT"),
                compute(
                    "RegionNetworkEndpoint",
                    "end",
                    regionNetworkEndpointGroup=out("group"),
                    ipAddress="192.0.2.7",
                    port=1433,
                ),
            ],
            ["front: open: region network endpoint end"],
        ),
        (
            [SQL, endpoints("RegionNetworkEndpointGroup", pscTargetService=out("ledger"))],
            ["front: open: database instance ledger"],
        ),
        (
            [ALLOYDB, endpoints("RegionNetworkEndpointGroup", pscTargetService=out("ledger"))],
            ["front: open: instance ledger"],
        ),
        (
            [
                endpoints(
                    "RegionNetworkEndpointGroup",
                    pscTargetService="projects/p/regions/r/serviceAttachments/"
                    "a-0123456789ab-psc-service-attachment-fedcba9876543210",
                )
            ],
            ["front: open: region network endpoint group group"],
        ),
        (
            [
                endpoints(
                    "RegionNetworkEndpointGroup",
                    pscTargetService="projects/p/regions/r/serviceAttachments/partner",
                    pscData={"producerPort": 5432},
                )
            ],
            ["front: open: region network endpoint group group"],
        ),
        (
            [
                endpoints(
                    "RegionNetworkEndpointGroup",
                    pscTargetService="projects/p/regions/r/serviceAttachments/partner",
                )
            ],
            [],
        ),
    ],
)
def test_endpoints_that_are_databases(behind: list[CaseResource], found: list[str]) -> None:
    assert ways(*proxied(*behind)) == found


RESERVED = compute("Address", "reserved", addressType="INTERNAL")
HYBRID = endpoints("NetworkEndpointGroup", networkEndpointType="NON_GCP_PRIVATE_IP_PORT")


def at(address: Any) -> CaseResource:
    inputs = {"networkEndpointGroup": out("group"), "ipAddress": address, "port": 7000}
    return compute("NetworkEndpoint", "end", **inputs)


def holder(name: str, address: Any) -> CaseResource:
    return compute("Instance", name, networkInterfaces=[{"networkIp": address}])


def published(**inputs: Any) -> CaseResource:
    inputs = {"loadBalancingScheme": "", "target": out("ledger"), **inputs}
    return compute("ForwardingRule", "inner", **inputs)


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        ([holder("pg", out("reserved")), RESERVED, at(out("reserved"))], ["instance pg"]),
        ([holder("pg", "10.0.0.5"), at("10.0.0.5")], ["instance pg"]),
        ([holder("web", "10.0.0.5"), at("10.0.0.5")], []),
        ([holder("pg", "10.0.0.5"), at("10.0.0.6")], []),
        # Two networks: which one it is, is not known.
        ([holder("pg", "10.0.0.5"), holder("db", "10.0.0.5"), at("10.0.0.5")], []),
        (
            [
                holder("pg", out("reserved")),
                compute("Address", "reserved", addressType="INTERNAL", address="10.0.0.5"),
                at("10.0.0.5"),
            ],
            ["instance pg"],
        ),
        ([SQL, published(ipAddress=out("reserved")), RESERVED, at(out("reserved"))], ["ledger"]),
        ([SQL, published(ipAddress="10.0.0.5"), at("10.0.0.5")], ["ledger"]),
        ([SQL, published(), at(out("inner"))], ["ledger"]),
        ([SQL, published(target="of-another-stack"), at(out("inner"))], []),
    ],
)
def test_endpoints_by_an_address(behind: list[CaseResource], found: list[str]) -> None:
    said = ways(*proxied(HYBRID, *behind))
    assert [
        text.removeprefix("front: open: ").removeprefix("database instance ") for text in said
    ] == found


def test_an_attachment_of_the_same_stack_leads_on_to_its_load_balancer() -> None:
    inner = compute(
        "ForwardingRule",
        "inner",
        loadBalancingScheme="INTERNAL",
        backendService=out("pool"),
        ports=["5432"],
    )
    pool = compute("RegionBackendService", "pool", backends=[{"group": out("machines")}])
    machines = compute("InstanceGroup", "machines", instances=[out("orders")])
    shared = compute("ServiceAttachment", "shared", targetService=out("inner"))
    group = endpoints("RegionNetworkEndpointGroup", pscTargetService=out("shared"))
    stack = proxied(group, shared, inner, pool, machines, VPC, vm())
    assert ways(*stack) == ["front: open: instance orders"]


def test_a_circle_of_load_balancers_ends() -> None:
    shared = compute("ServiceAttachment", "shared", targetService=out("front"))
    group = endpoints("RegionNetworkEndpointGroup", pscTargetService=out("shared"))
    assert ways(*proxied(group, shared)) == []


def passed_on(**inputs: Any) -> list[CaseResource]:
    """A load balancer that passes packets on as they come."""
    rule = compute(
        "ForwardingRule",
        "front",
        **{"backendService": out("backend"), "ports": ["5432"], **inputs},
    )
    backend = compute("RegionBackendService", "backend", backends=[{"group": out("group")}])
    return [rule, backend, *group_of(vm())]


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([*passed_on(), firewall("5432")], ["front: open: instance orders"]),
        ([*passed_on(), firewall("5432", sourceRanges=["198.51.100.0/24"])], []),
        ([*passed_on()], []),
        (
            [*passed_on(ports=None, allPorts=True), firewall("5432")],
            ["front: open: instance orders"],
        ),
        ([*passed_on(ports=None, allPorts=True), firewall("443")], []),
        ([*passed_on(backendService="elsewhere")], ["front: undecided: forwarding rule front"]),
        ([*passed_on(backendService="elsewhere", ports=["443"])], []),
        (
            [compute("ForwardingRule", "front", target="elsewhere", portRange="5432")],
            ["front: undecided: forwarding rule front"],
        ),
        (
            [
                compute(
                    "ForwardingRule",
                    "front",
                    target="projects/p/global/targetHttpProxies/x",
                    portRange="9200",
                )
            ],
            [],
        ),
        ([*passed_on(sourceIpRanges=["198.51.100.0/24"]), firewall("5432")], []),
        ([*passed_on(), firewall(UNKNOWN)], ["front: undecided: instance orders"]),
        (
            [
                compute("ForwardingRule", "front", target=out("to"), portRange="3306-3306"),
                compute("TargetInstance", "to", instance=out("orders")),
                VPC,
                vm(),
                firewall("3306"),
            ],
            ["front: open: instance orders"],
        ),
        (
            [
                compute("ForwardingRule", "front", target=out("pool"), portRange="3306"),
                compute("TargetPool", "pool", instances=["zone/orders"]),
                VPC,
                vm(name="orders"),
                firewall("3306"),
            ],
            ["front: open: instance orders"],
        ),
    ],
)
def test_what_is_passed_on_needs_a_firewall_that_lets_it_in(
    resources: list[CaseResource], found: list[str]
) -> None:
    resources = [
        case.resource(item.token, item.name, **{**item.inputs, "name": item.name})
        if item.name == "orders"
        else item
        for item in resources
    ]
    assert ways(*resources) == found


def test_http_leads_to_databases_that_speak_it() -> None:
    def stack(port: int, name: str = "neo4j") -> list[CaseResource]:
        return [
            front(),
            compute("TargetHttpsProxy", "proxy", urlMap=out("map")),
            case.resource("gcp:compute/uRLMap:URLMap", "map", defaultService=out("backend")),
            compute("BackendService", "backend", backends=[{"group": out("group")}]),
            *group_of(vm(name), ("http", port)),
        ]

    assert ways(*stack(7474)) == ["front: open: instance neo4j"]
    assert ways(*stack(80)) == []
    assert ways(*stack(9090)) == []
    assert ways(*stack(7000)) == ["front: open: instance neo4j"]
    assert ways(*stack(7000, "postgres")) == []
    assert ways(*stack(5432, "orders")) == []


# -- addresses -----------------------------------------------------------------------------------

TEMPLATE = compute("InstanceTemplate", "mould", networkInterfaces=interface(ADDRESS), name="mould")
CLOSED = compute("InstanceTemplate", "mould", networkInterfaces=interface(), name="mould")
MANAGER = compute("InstanceGroupManager", "pg", versions=[{"instanceTemplate": out("mould")}])


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([vm(address=ADDRESS), firewall("5432")], ["orders: open: instance orders"]),
        ([vm(), firewall("5432")], []),
        ([vm("postgres", address=ADDRESS)], []),
        ([vm("postgres", address=ADDRESS), firewall("443")], []),
        ([vm("postgres", address=ADDRESS), firewall()], ["postgres: open: instance postgres"]),
        ([vm("web", address=ADDRESS), firewall()], []),
        ([vm("web", address=ADDRESS), firewall("1-65535")], []),
        ([vm("web", address=ADDRESS), firewall("5430-5440")], ["web: open: instance web"]),
        ([vm(address=UNKNOWN), firewall("5432")], ["orders: undecided: instance orders"]),
        ([vm(address=ADDRESS), firewall("5432", targetTags=["db"])], []),
        (
            [vm(address=ADDRESS, tags=["db"]), firewall("5432", targetTags=["db"])],
            ["orders: open: instance orders"],
        ),
        ([vm(address=ADDRESS), firewall("5432", sourceRanges=["203.0.113.0/24"])], []),
        (
            [vm(address=ADDRESS), firewall("5432", sourceRanges=["no range"])],
            ["orders: undecided: instance orders"],
        ),
        # Made from a template, with what is omitted in the template's.
        (
            [
                compute("InstanceFromTemplate", "a", sourceInstanceTemplate=out("mould")),
                TEMPLATE,
                firewall("5432"),
            ],
            ["a: open: instance from template a"],
        ),
        (
            [
                compute(
                    "InstanceFromTemplate",
                    "a",
                    sourceInstanceTemplate=out("mould"),
                    networkInterfaces=interface(),
                ),
                TEMPLATE,
                firewall("5432"),
            ],
            [],
        ),
        (
            [
                compute(
                    "InstanceFromTemplate",
                    "a",
                    sourceInstanceTemplate="elsewhere",
                    networkInterfaces=interface(ADDRESS),
                ),
                firewall("5432"),
            ],
            ["a: open: instance from template a"],
        ),
        (
            [compute("InstanceFromTemplate", "postgres", sourceInstanceTemplate="elsewhere")],
            ["postgres: undecided: instance from template postgres"],
        ),
        ([compute("InstanceFromTemplate", "web", sourceInstanceTemplate="elsewhere")], []),
        # Made from a machine image.
        (
            [
                compute(
                    "InstanceFromMachineImage",
                    "a",
                    sourceMachineImage="elsewhere",
                    networkInterfaces=interface(ADDRESS),
                ),
                firewall("5432"),
            ],
            ["a: open: instance from machine image a"],
        ),
        (
            [compute("InstanceFromMachineImage", "a", sourceMachineImage="x", tags=["mysql"])],
            ["a: undecided: instance from machine image a"],
        ),
        (
            [
                compute("InstanceFromMachineImage", "a", sourceMachineImage=out("image")),
                compute("MachineImage", "image", sourceInstance=out("orders")),
                vm(address=ADDRESS),
                firewall("5432"),
            ],
            ["orders: open: instance orders", "a: open: instance from machine image a"],
        ),
        # Groups: by template, by what the group keeps, by what one machine of it has.
        ([MANAGER, TEMPLATE, firewall("5432")], ["pg: open: instance group manager pg"]),
        ([MANAGER, CLOSED, firewall("5432")], []),
        (
            [
                compute(
                    "RegionInstanceGroupManager",
                    "pg",
                    versions=[{"instanceTemplate": out("mould")}],
                    statefulExternalIps=[{"interfaceName": "nic0"}],
                ),
                CLOSED,
                firewall("5432"),
            ],
            ["pg: open: region instance group manager pg"],
        ),
        (
            [
                MANAGER,
                CLOSED,
                compute(
                    "PerInstanceConfig",
                    "one",
                    instanceGroupManager=out("pg"),
                    preservedState={"externalIps": [{"interfaceName": "nic0"}]},
                ),
                firewall("5432"),
            ],
            ["pg: open: instance group manager pg"],
        ),
        (
            [compute("InstanceGroupManager", "pg", versions=[{"instanceTemplate": "other"}])],
            ["pg: undecided: instance group manager pg"],
        ),
        ([compute("InstanceGroupManager", "web", versions=[{"instanceTemplate": "other"}])], []),
        # A network of another stack.
        (
            [vm("redis", networkInterfaces=[{"network": "theirs", "accessConfigs": ADDRESS}])],
            ["redis: undecided: instance redis"],
        ),
        ([vm("web", networkInterfaces=[{"network": "theirs", "accessConfigs": ADDRESS}])], []),
    ],
)
def test_addresses_of_machines(resources: list[CaseResource], found: list[str]) -> None:
    assert ways(VPC, *resources) == found


IPV6 = [{"network": case.output_of("vpc"), "ipv6AccessConfigs": [{"networkTier": "PREMIUM"}]}]


def denial(**inputs: Any) -> CaseResource:
    given = {"network": out("vpc"), "sourceRanges": WORLD, "priority": 10}
    return compute("Firewall", "stops", **{**given, "denies": [{"protocol": "tcp"}], **inputs})


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        *(
            ([vm("pg", address=ADDRESS), rule], place)
            for rule, place in (
                (firewall(UNKNOWN), "admits: allows[0].ports[0]"),
                (firewall("22", UNKNOWN), "admits: allows[0].ports[1]"),
                (firewall(allows=UNKNOWN), "admits: allows"),
                (
                    firewall(allows=[{"protocol": UNKNOWN, "ports": ["5432"]}]),
                    "admits: allows[0].protocol",
                ),
                (firewall("5432", sourceRanges=UNKNOWN), "admits: sourceRanges"),
                (firewall("5432", sourceRanges=["office"]), "admits: sourceRanges[0]"),
                (firewall("5432", disabled=UNKNOWN), "admits: disabled"),
                (firewall("5432", direction=UNKNOWN), "admits: direction"),
                (firewall("5432", priority=UNKNOWN), "admits: priority"),
                (firewall("5432", network=UNKNOWN), "admits: network"),
                (firewall("5432", targetTags=[UNKNOWN]), "admits: targetTags[0]"),
            )
        ),
        *(
            ([vm("pg", address=ADDRESS), firewall("5432"), rule], place)
            for rule, place in (
                (denial(sourceRanges=UNKNOWN), "stops: sourceRanges"),
                (
                    denial(denies=[{"protocol": "tcp", "ports": [UNKNOWN]}]),
                    "stops: denies[0].ports[0]",
                ),
            )
        ),
        (
            [vm("pg", address=UNKNOWN), firewall("5432")],
            "pg: networkInterfaces[0].accessConfigs",
        ),
        (
            [vm("pg", address=ADDRESS, tags=UNKNOWN), firewall("5432", targetTags=["db"])],
            "pg: tags",
        ),
        ([*passed_on(), firewall(UNKNOWN)], "admits: allows[0].ports[0]"),
        (
            [*passed_on(loadBalancingScheme=UNKNOWN), firewall("5432")],
            "front: loadBalancingScheme",
        ),
    ],
)
def test_what_is_not_known_is_named(resources: list[CaseResource], found: str) -> None:
    (way,) = ways_to_databases(stack_of(VPC, *resources))
    resource, path = way.waits_for
    assert not way.is_open
    assert f"{resource.name}: {path}" == found


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        # What is known of a rule counts, whatever else it opens.
        ([firewall("5432", UNKNOWN)], ["open"]),
        ([firewall(allows=[UNKNOWN, {"protocol": "tcp", "ports": ["5432"]}])], ["open"]),
        ([firewall(5432.0)], ["open"]),
        ([firewall(allows=[{"protocol": 6.0, "ports": ["5432"]}])], ["open"]),
        ([firewall(allows=[{"protocol": UNKNOWN, "ports": ["443"]}])], []),
        ([firewall(allows=[{"protocol": "icmp", "ports": UNKNOWN}])], []),
        # What is denied before is closed.
        ([firewall("5432"), denial()], []),
        ([firewall(UNKNOWN), denial()], []),
        ([firewall(allows=UNKNOWN), denial()], ["undecided"]),
        ([firewall(allows=UNKNOWN), denial(denies=[{"protocol": "all"}])], []),
        ([firewall("5432"), denial(denies=[{"protocol": "tcp", "ports": ["ssh"]}])], ["open"]),
        (
            [firewall("5432"), denial(denies=[{"protocol": "tcp", "ports": ["5432", UNKNOWN]}])],
            [],
        ),
    ],
)
def test_rules_that_are_known_in_part(resources: list[CaseResource], found: list[str]) -> None:
    said = ways(VPC, vm("pg", address=ADDRESS), *resources)
    assert [text.split(": ")[1] for text in said] == found


def test_an_address_of_the_sixth_version_is_one() -> None:
    stack = [VPC, vm(networkInterfaces=IPV6), firewall("5432", sourceRanges=["2000::/3"])]
    assert ways(*stack) == ["orders: open: instance orders"]


POLICY = compute("NetworkFirewallPolicy", "policy", name="policy")
ASSOCIATION = compute(
    "NetworkFirewallPolicyAssociation",
    "of-vpc",
    firewallPolicy=out("policy"),
    attachmentTarget=out("vpc"),
)


def policy_rule(**inputs: Any) -> CaseResource:
    given = {
        "firewallPolicy": out("policy"),
        "action": "allow",
        "direction": "INGRESS",
        "priority": 10,
        "match": {
            "srcIpRanges": WORLD,
            "layer4Configs": [{"ipProtocol": "tcp", "ports": ["5432"]}],
        },
    }
    return compute("NetworkFirewallPolicyRule", "admits", **{**given, **inputs})


def from_sources(**sources: Any) -> CaseResource:
    layer4 = [{"ipProtocol": "tcp", "ports": ["5432"]}]
    return policy_rule(match={"layer4Configs": layer4, **sources})


def denies(**sources: Any) -> CaseResource:
    given: dict[str, Any] = {
        "firewallPolicy": out("policy"),
        "action": "deny",
        "direction": "INGRESS",
        "priority": 1,
        "match": {"layer4Configs": [{"ipProtocol": "all"}], **sources},
    }
    return compute("NetworkFirewallPolicyRule", "denies", **given)


def group(*items: str) -> CaseResource:
    token = "gcp:networksecurity/addressGroup:AddressGroup"
    return case.resource(token, "group", name="office", items=list(items))


OPEN = ["orders: open: instance orders"]
UNDECIDED = ["orders: undecided: instance orders"]


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([policy_rule(), ASSOCIATION], ["orders: open: instance orders"]),
        ([from_sources(srcAddressGroups=[out("group")]), ASSOCIATION, group("0.0.0.0/0")], OPEN),
        ([from_sources(srcAddressGroups=[out("group")]), ASSOCIATION, group("10.0.0.0/8")], []),
        ([from_sources(srcAddressGroups=["elsewhere"]), ASSOCIATION], UNDECIDED),
        ([from_sources(srcRegionCodes=["US"]), ASSOCIATION], UNDECIDED),
        ([from_sources(srcNetworkScope="INTRA_VPC"), ASSOCIATION], []),
        ([from_sources(srcIpRanges=["0.0.0.0/1", "128.0.0.0/1"]), ASSOCIATION], OPEN),
        # What is denied to a part of the internet, however wide, is open to the rest of it.
        (
            [
                policy_rule(),
                ASSOCIATION,
                denies(srcIpRanges=["128.0.0.0/1"]),
            ],
            OPEN,
        ),
        ([policy_rule(), ASSOCIATION, denies(srcIpRanges=["0.0.0.0/1", "128.0.0.0/1"])], []),
        ([policy_rule()], []),
        ([policy_rule(action="deny"), ASSOCIATION], []),
        ([policy_rule(action="goto_next"), ASSOCIATION], []),
        ([policy_rule(action="DENY"), ASSOCIATION], []),
        ([policy_rule(disabled=True), ASSOCIATION], []),
        ([policy_rule(direction="EGRESS"), ASSOCIATION], []),
        (
            [policy_rule(targetSecureTags=[{"name": "t"}]), ASSOCIATION],
            ["orders: undecided: instance orders"],
        ),
        (
            [
                policy_rule(),
                ASSOCIATION,
                firewall("5432", allows=None, denies=[{"protocol": "all"}]),
            ],
            [],
        ),
    ],
)
def test_firewall_policies_let_in(resources: list[CaseResource], found: list[str]) -> None:
    assert ways(VPC, vm(address=ADDRESS), POLICY, *resources) == found


# -- Cloud Run -----------------------------------------------------------------------------------

V2 = "gcp:cloudrunv2/service:Service"
QDRANT = {"template": {"containers": [{"image": "qdrant/qdrant:v1.15"}]}}


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({**QDRANT, "invokerIamDisabled": True}, ["open"]),
        ({**QDRANT}, []),
        ({**QDRANT, "invokerIamDisabled": UNKNOWN}, ["undecided"]),
        (
            {**QDRANT, "invokerIamDisabled": True, "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"},
            [],
        ),
        (
            {
                "template": {"containers": [{"image": UNKNOWN, "ports": {"containerPort": 6333}}]},
                "invokerIamDisabled": True,
            },
            ["open"],
        ),
        (
            {
                "template": {
                    "containers": [
                        {"image": "acme/api:1", "ports": {"containerPort": 8080}},
                        {"image": "redis:7"},
                    ]
                },
                "invokerIamDisabled": True,
            },
            [],
        ),
    ],
)
def test_a_database_on_cloud_run(inputs: dict[str, Any], found: list[str]) -> None:
    said = ways(case.resource(V2, "vectors", **inputs))
    assert [text.split(": ")[1] for text in said] == found


V1 = "gcp:cloudrun/service:Service"
OURS = {"containers": [{"image": "acme/vectors:1"}]}


@pytest.mark.parametrize(
    ("name", "labels", "is_found"),
    [
        ("vectors", {"app": "qdrant"}, True),
        ("vectors", {"component": "database"}, True),
        ("vectors", {"app": "orders-db"}, False),
        ("vectors", {"database": "postgres"}, False),
        ("vectors", {"app": "qdrant-api"}, False),
        ("vectors", {}, False),
        ("qdrant", {}, True),
        ("orders-qdrant", {}, False),
        ("postgres", {}, False),
    ],
)
def test_what_a_service_says_of_itself(name: str, labels: dict[str, str], is_found: bool) -> None:
    new: dict[str, Any] = {"template": OURS, "invokerIamDisabled": True}
    assert bool(ways(case.resource(V2, name, **new, labels=labels))) is is_found
    inside: dict[str, Any] = {**new, "template": {**OURS, "labels": labels}}
    assert bool(ways(case.resource(V2, name, **inside))) is is_found
    annotated = {"run.googleapis.com/invoker-iam-disabled": "true"}
    metadata = {"annotations": annotated, "labels": labels}
    old = case.resource(V1, name, template={"spec": OURS}, metadata=metadata)
    assert bool(ways(old)) is is_found


def test_a_load_balancer_leads_to_a_database_on_cloud_run() -> None:
    def stack(**inputs: Any) -> list[CaseResource]:
        group = endpoints("RegionNetworkEndpointGroup", cloudRun={"service": out("vectors")})
        service = case.resource(
            V2,
            "vectors",
            **{**QDRANT, "ingress": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", **inputs},
        )
        return proxied(group, service)

    assert ways(*stack(invokerIamDisabled=True)) == ["front: open: service vectors"]
    assert ways(*stack()) == []
    closed = stack(invokerIamDisabled=True, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    assert ways(*closed) == []
