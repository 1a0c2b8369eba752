"""From a forwarding rule to what answers, and other ways through networks."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.network import building
from apex_guardrails.network.analysis import network_of
from apex_guardrails.network.terms import Access
from apex_guardrails.provider import resource_type
from tests.policies.network.stacks import edges, edges_of, network

UNKNOWN = case.UNKNOWN
COMPUTE = "gcp:compute/"
GLOBAL = f"{COMPUTE}globalForwardingRule:GlobalForwardingRule"
REGIONAL = f"{COMPUTE}forwardingRule:ForwardingRule"
API = case.resource(
    "gcp:cloudrunv2/service:Service",
    "api",
    name="api",
    ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    template={"vpcAccess": {"connector": "elsewhere", "egress": "ALL_TRAFFIC"}},
)
VPC = case.resource("gcp:compute/network:Network", "vpc", name="vpc")
VM = case.resource(f"{COMPUTE}instance:Instance", "vm", name="vm")


def forward(name: str = "lb", token: str = GLOBAL, **inputs: Any) -> CaseResource:
    given = {"target": case.output_of("proxy"), "portRange": "443", "ipProtocol": "TCP"}
    return case.resource(token, name, **{**given, **inputs})


def proxy(name: str = "proxy", url_map: str = "map") -> CaseResource:
    token = f"{COMPUTE}targetHttpsProxy:TargetHttpsProxy"
    return case.resource(token, name, name="web", urlMap=case.output_of(url_map))


def routes(**inputs: Any) -> CaseResource:
    given = {"defaultService": case.output_of("backend")}
    return case.resource(f"{COMPUTE}uRLMap:URLMap", "map", **{**given, **inputs})


def backend(group: str = "group", **inputs: Any) -> CaseResource:
    return case.resource(
        f"{COMPUTE}backendService:BackendService",
        "backend",
        name="web",
        backends=[{"group": case.output_of(group)}],
        **inputs,
    )


def group(**inputs: Any) -> CaseResource:
    given = {"cloudRun": {"service": case.output_of("api")}}
    token = f"{COMPUTE}regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
    return case.resource(token, "group", **{**given, **inputs})


CHAIN = (API, proxy(), routes(), backend(), group())
IN, THROUGH = "Internet > lb: open tcp 443", "lb > api: open"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([forward(), *CHAIN], [IN, THROUGH]),
        ([forward(portRange="80-80"), *CHAIN], ["Internet > lb: open tcp 80", THROUGH]),
        (
            [forward(loadBalancingScheme=UNKNOWN), *CHAIN],
            ["Internet > lb: unknown tcp 443", "lb > api: unknown"],
        ),
        (
            [forward(loadBalancingScheme="INTERNAL_MANAGED", network="vpc"), VPC, *CHAIN],
            ["lb > api: private", "vpc > lb: private tcp 443"],
        ),
        ([forward(target="elsewhere"), *CHAIN], [IN]),
        (
            [forward(), *CHAIN[:3], backend(iap={"enabled": True}), group()],
            [IN, "lb > api: guarded"],
        ),
        ([forward(), *CHAIN[:4], group(cloudRun={"service": "api"})], [IN, THROUGH]),
        ([forward(), *CHAIN[:4], group(cloudRun={"urlMask": "/<service>"})], [IN]),
        (
            [
                forward(),
                API,
                proxy(),
                backend(),
                group(),
                routes(
                    defaultService=None,
                    pathMatchers=[
                        {
                            "name": "all",
                            "pathRules": [
                                {
                                    "paths": ["/*"],
                                    "service": "projects/p/global/backendServices/web",
                                }
                            ],
                        }
                    ],
                ),
            ],
            [IN, THROUGH],
        ),
    ],
)
def test_a_load_balancer(resources: list[CaseResource], expected: list[str]) -> None:
    found = [edge for edge in edges(*resources) if not edge.startswith("api > ")]
    assert found == expected


def test_rules_with_one_address_are_one_load_balancer() -> None:
    redirect: dict[str, Any] = {"defaultUrlRedirect": {"httpsRedirect": True}}
    found = network(
        *CHAIN,
        case.resource(f"{COMPUTE}globalAddress:GlobalAddress", "front", name="front"),
        forward("https", ipAddress=case.output_of("front")),
        forward("http", ipAddress=case.output_of("front"), target=case.output_of("plain")),
        case.resource(
            f"{COMPUTE}targetHttpProxy:TargetHttpProxy", "plain", urlMap=case.output_of("redirect")
        ),
        case.resource(f"{COMPUTE}uRLMap:URLMap", "redirect", **redirect),
    )
    (node,) = found.reached(Access.OPEN)
    assert (node.name, len(node.urns)) == ("front", 2)
    reasons = [edge.reason for edge in found.edges if edge.source == "internet"]
    assert reasons == ["forwarding rule http, redirects to HTTPS", "forwarding rule https"]
    assert found.notes == ()


def test_what_a_load_balancer_leads_to_may_be_elsewhere() -> None:
    notes = network(forward(target="projects/p/global/targetHttpsProxies/x")).notes
    assert notes == ("a forwarding rule leads to what this stack does not have",)


MACHINES = [
    (
        [
            backend("machines"),
            case.resource(
                f"{COMPUTE}instanceGroup:InstanceGroup",
                "machines",
                instances=[case.output_of("vm")],
            ),
        ],
        {"backendService": case.output_of("backend"), "target": None},
    ),
    (
        [
            backend("endpoints"),
            case.resource(
                f"{COMPUTE}networkEndpointGroup:NetworkEndpointGroup", "endpoints", name="endpoints"
            ),
            case.resource(
                f"{COMPUTE}networkEndpoint:NetworkEndpoint",
                "endpoint",
                instance="vm",
                networkEndpointGroup=case.output_of("endpoints"),
            ),
        ],
        {"backendService": case.output_of("backend"), "target": None},
    ),
    (
        [case.resource(f"{COMPUTE}targetPool:TargetPool", "pool", instances=["us-a/vm"])],
        {"target": case.output_of("pool")},
    ),
    (
        [
            case.resource(
                f"{COMPUTE}targetInstance:TargetInstance", "one", instance=case.output_of("vm")
            )
        ],
        {"target": case.output_of("one")},
    ),
]


@pytest.mark.parametrize(("resources", "inputs"), MACHINES)
def test_machines_behind_a_load_balancer(
    resources: list[CaseResource], inputs: dict[str, Any]
) -> None:
    assert edges(VM, *resources, forward(token=REGIONAL, **inputs)) == [IN, "lb > vm: open"]


def test_a_group_of_machines_and_a_bucket_behind_a_load_balancer() -> None:
    manager = f"{COMPUTE}instanceGroupManager:InstanceGroupManager"
    found = edges(
        case.resource(manager, "machines", name="machines"),
        backend("machines"),
        case.resource("gcp:storage/bucket:Bucket", "files", name="files"),
        case.resource(f"{COMPUTE}backendBucket:BackendBucket", "static", bucketName="files"),
        routes(defaultRouteAction={"weightedBackendServices": [{"backendService": UNKNOWN}]}),
        case.resource(
            f"{COMPUTE}targetHttpProxy:TargetHttpProxy",
            "other",
            urlMap=case.output_of("static-map"),
        ),
        case.resource(
            f"{COMPUTE}uRLMap:URLMap", "static-map", defaultService=case.output_of("static")
        ),
        proxy(),
        forward(),
        forward("files-lb", target=case.output_of("other")),
    )
    assert "lb > machines: open" in found
    assert "files-lb > files: open" in found


def test_ways_out_peerings_and_tunnels() -> None:
    router = f"{COMPUTE}router:Router"
    assert edges(
        VPC,
        case.resource(f"{COMPUTE}network:Network", "other", name="other"),
        case.resource(router, "router", name="router", network=case.output_of("vpc")),
        case.resource(f"{COMPUTE}routerNat:RouterNat", "nat", router=case.output_of("router")),
        case.resource(
            f"{COMPUTE}networkPeering:NetworkPeering",
            "peering",
            network=case.output_of("vpc"),
            peerNetwork="other",
        ),
        case.resource(
            f"{COMPUTE}vPNTunnel:VPNTunnel", "tunnel", router="router", peerIp="203.0.113.9"
        ),
    ) == [
        "203.0.113.9 > vpc: private",
        "nat > Internet: private",
        "vpc > nat: private",
        "vpc > other: private",
    ]


@pytest.mark.parametrize(("project", "is_ours"), [("host", False), ("ours", True), ("42", True)])
def test_a_network_of_another_project_is_another_network(project: str, *, is_ours: bool) -> None:
    shared = case.resource(
        "gcp:sql/databaseInstance:DatabaseInstance",
        "db",
        project="ours",
        settings={
            "ipConfiguration": {
                "ipv4Enabled": False,
                "privateNetwork": f"projects/{project}/global/networks/vpc",
            }
        },
    )
    ours = case.resource("gcp:compute/network:Network", "own", name="vpc", project="ours")
    there = next(edge.source for edge in network(ours, shared).edges)
    assert there == ("compute/network own" if is_ours else "network vpc")


def test_types_that_nobody_knows_are_counted() -> None:
    found = network(
        case.resource("gcp:dataproc/cluster:Cluster", "a"),
        case.resource("aws:s3/bucket:Bucket", "b"),
        case.resource("aws:s3/bucket:Bucket", "c"),
        case.resource("random:index/randomPet:RandomPet", "d"),
        case.resource("gcp:projects/iAMMember:IAMMember", "e"),
        case.resource("gcp:dataproc/clusterIAMMember:ClusterIAMMember", "f"),
        case.resource("gcp:compute/disk:Disk", "g"),
    )
    assert found.unknown_types == (
        "aws:s3/bucket:Bucket (2)",
        "gcp:dataproc/cluster:Cluster (1)",
    )


def test_without_dependencies_it_says_that_edges_may_be_missing() -> None:
    stack = Stack("dev", "shop")
    for token, name, inputs in (
        ("gcp:compute/network:Network", "vpc", {"name": "vpc"}),
        (f"{COMPUTE}firewall:Firewall", "rule", {"network": UNKNOWN, "allows": []}),
        (
            "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
            "grant",
            {"name": "api", "member": UNKNOWN},
        ),
    ):
        urn = f"urn:pulumi:dev::shop::{token}::{name}"
        stack.add(Resource(urn, resource_type(token), inputs, stack))
    found = network_of(stack)
    assert found.notes == ("what refers to what is not known yet: ways may be missing",)
    assert edges_of(found) == []


def test_an_internal_one_is_reached_from_its_subnetwork() -> None:
    token = f"{COMPUTE}subnetwork:Subnetwork"
    subnet = case.resource(token, "subnet", name="subnet", network="vpc")
    inside = {"loadBalancingScheme": "INTERNAL", "subnetwork": "subnet"}
    found = edges(
        VPC,
        subnet,
        VM,
        case.resource(f"{COMPUTE}targetInstance:TargetInstance", "one", instance="vm"),
        forward(token=REGIONAL, target=case.output_of("one"), **inside),
    )
    assert found == ["lb > vm: private", "subnet > lb: private tcp 443"]


@pytest.mark.parametrize(
    ("inputs", "ports"),
    [
        ({"portRange": UNKNOWN}, "ports not known before deployment"),
        ({"portRange": None, "ports": ["80", "8080"]}, "tcp 80, tcp 8080"),
        ({"portRange": None, "allPorts": True}, "all"),
        ({"portRange": "8000-8100", "ipProtocol": "UDP"}, "udp 8000-8100"),
    ],
)
def test_ports_of_forwarding_rules(inputs: dict[str, Any], ports: str) -> None:
    assert edges(forward(target="elsewhere", **inputs)) == [f"Internet > lb: open {ports}"]


def test_a_name_that_many_share_names_none() -> None:
    networks = [
        case.resource("gcp:compute/network:Network", f"n{number}", name="vpc")
        for number in range(9)
    ]
    cache = case.resource("gcp:redis/instance:Instance", "cache", authorizedNetwork="vpc")
    found = network(*networks, cache)
    assert found.notes == ("a name is that of many resources",)
    (edge,) = found.edges
    assert edge.source == "network vpc"


def test_private_ways_without_end_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_PRIVATE", 2)
    caches = [
        case.resource("gcp:redis/instance:Instance", f"cache{number}", authorizedNetwork="vpc")
        for number in range(5)
    ]
    api = case.resource("gcp:cloudrunv2/service:Service", "api", name="api")
    found = network(VPC, *caches, api)
    # What is not private is there all the same.
    assert [edge.target for edge in found.edges if edge.source == "internet"] == [
        "cloudrunv2/service api"
    ]
    assert len(found.edges) == 2
    assert found.notes == ("a private way is left out, as there are many (so 5 times)",)
