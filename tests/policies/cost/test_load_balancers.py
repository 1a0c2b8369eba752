"""What load balancers, Private Service Connect and addresses cost, by place and by use."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.cost import estimate, packaged_prices
from apex_guardrails.cost.pricing import StackIndex
from apex_guardrails.cost.savings.unused import unused
from apex_guardrails.model import UNKNOWN, case
from apex_guardrails.model.case import CaseResource
from tests.policies.cost.stacks import IDLE, cost_of, dollars, one, same, stack_of

RULE = "gcp:compute/forwardingRule:ForwardingRule"
GLOBAL_RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
ADDRESS = "gcp:compute/address:Address"
VM = "gcp:compute/instance:Instance"
HTTP = "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy"
ATTACHMENT = "projects/x/regions/us-central1/serviceAttachments/y"
EXTERNAL: dict[str, Any] = {"loadBalancingScheme": "EXTERNAL_MANAGED"}


def web(count: int, *, region: str = "", **inputs: Any) -> list[CaseResource]:
    """External rules of a region, or global ones."""
    token = RULE if region else GLOBAL_RULE
    place: dict[str, Any] = {"region": region} if region else {}
    return [
        case.resource(token, f"{region}-{number}", **place, **EXTERNAL, **inputs)
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (web(1), 18.25),
        (web(5), 18.25),
        # 18.25 + 2 * 7.30
        (web(7), 32.85),
        # each place has five of its own
        ([*web(5), *web(5, region="us-central1")], 36.5),
        ([*web(6), *web(6, region="us-central1")], 51.1),
    ],
)
def test_the_first_five_rules_of_a_place_cost_what_one_does(
    rules: list[CaseResource], expected: float
) -> None:
    assert float(cost_of(*rules).monthly.expected) == expected


def test_projects_have_five_rules_each() -> None:
    mine, theirs = ([*web(1, project=name)] for name in ("mine", "theirs"))
    theirs = [case.resource(GLOBAL_RULE, "other", **EXTERNAL, project="theirs")]

    assert float(cost_of(*mine, *theirs).monthly.expected) == 36.5


def test_endpoints_and_internal_rules_are_not_among_the_five() -> None:
    endpoints = [
        case.resource(
            RULE, f"a-{n}", region="us-central1", loadBalancingScheme="", target=ATTACHMENT
        )
        for n in range(2)
    ]
    inside = case.resource(RULE, "b", region="us-central1", loadBalancingScheme="INTERNAL")
    by_name = {item.name: dollars(item) for item in cost_of(*endpoints, inside, *web(5)).estimates}

    assert by_name["a-0"] == by_name["a-1"] == same("7.30")
    assert by_name["b"] == same("7.30")
    assert [by_name[f"-{n}"] for n in range(5)] == [same("18.25"), *([same("0.00")] * 4)]


def test_an_endpoint_of_a_published_service_pays_for_its_data() -> None:
    inputs = {"loadBalancingScheme": "", "target": ATTACHMENT}

    # 730 h * 0.01 + 100 GiB * 0.01; one for Google's own APIs pays for its hours
    assert dollars(one(RULE, inputs, psc_gib=100)) == same("8.30")
    assert dollars(one(GLOBAL_RULE, {**inputs, "target": "all-apis"}, psc_gib=100)) == same("7.30")


def test_an_internal_application_load_balancer_pays_for_its_proxies() -> None:
    scheme: dict[str, Any] = {"loadBalancingScheme": "INTERNAL_MANAGED"}
    target = "projects/p/regions/us-central1/targetHttpProxies/x"
    cost = cost_of(
        case.resource(HTTP, "proxy", region="us-central1"),
        case.resource(RULE, "rule", region="us-central1", **scheme, target=case.output_of("proxy")),
        proxy_instances=2,
    )

    # 730 h * 0.025, times the proxies; counted once, at the proxy where that is in the stack
    assert dollars(one(RULE, {**scheme, "target": target}, proxy_instances=1)) == same("18.25")
    assert [(item.name, dollars(item)) for item in cost.estimates] == [("proxy", same("36.50"))]


def test_an_internal_network_load_balancer_pays_for_its_rule() -> None:
    target = "projects/p/regions/us-central1/targetTcpProxies/x"
    found = one(RULE, {"loadBalancingScheme": "INTERNAL_MANAGED", "target": target})

    assert dollars(found) == same("7.30")


def test_the_proxy_of_an_external_load_balancer_costs_nothing() -> None:
    cost = cost_of(
        case.resource(HTTP, "proxy", region="us-central1"),
        case.resource(
            RULE, "rule", region="us-central1", **EXTERNAL, target=case.output_of("proxy")
        ),
        proxy_instances=1,
    )

    assert [item.name for item in cost.estimates] == ["rule"]
    # what leads to it is in another stack: it may be internal
    assert dollars(one(HTTP, {}, proxy_instances=1)) == ("0.00", "18.25", "18.25")


@pytest.mark.parametrize("kind", ["targetPool:TargetPool", "targetInstance:TargetInstance"])
def test_what_a_target_is_sent_is_billed(kind: str) -> None:
    assert dollars(one(f"gcp:compute/{kind}", {}, load_balancer_gib=100)) == same("0.80")


def test_the_producer_of_a_service_pays_for_its_data() -> None:
    token = "gcp:compute/serviceAttachment:ServiceAttachment"
    assert dollars(one(token, {}, psc_gib=100)) == same("1.00")


def test_an_unknown_scheme_or_place_is_undecided_for_the_rule_alone() -> None:
    unknown = case.resource(RULE, "a", region="us-central1", loadBalancingScheme=UNKNOWN)
    nowhere = case.resource(RULE, "b", region=UNKNOWN)
    cost = cost_of(unknown, nowhere, *web(1))

    assert [item.name for item in cost.unpriced] == ["a", "b"]
    assert float(cost.monthly.expected) == 18.25


def test_a_cached_backend_pays_for_what_is_served_and_filled() -> None:
    usage = {"cdn_gib": 100, "cdn_miss_share": "0.5", "requests": 10_000}
    for token in ("backendBucket:BackendBucket", "backendService:BackendService"):
        # 100 GiB * 0.08 + 50 GiB * 0.01 + 0.0075
        found = one(f"gcp:compute/{token}", {"enableCdn": True}, **usage)
        assert dollars(found) == same("8.51")
        names = [item.name for item in found.components]
        assert names[-3:] == ["cache data transfer", "cache fill", "lookups"]
        assert dollars(one(f"gcp:compute/{token}", {}, **usage)) == same("0.00")


def vm(address: Any, **inputs: Any) -> CaseResource:
    return case.resource(
        VM,
        "vm",
        machineType="e2-small",
        zone="us-central1-a",
        bootDisk={"source": "a-disk"},
        networkInterfaces=[{"accessConfigs": [{"natIp": address}]}],
        **inputs,
    )


def address_with(*users: CaseResource, **usage: Any) -> tuple[str, str, str]:
    """What an address costs beside resources that refer to it."""
    cost = cost_of(case.resource(ADDRESS, "ip", region="us-central1"), *users, **usage)
    found = [dollars(item) for item in cost.estimates if item.token == ADDRESS]
    return found[0] if found else same("0.00")


IP = case.output_of("ip")


@pytest.mark.parametrize(
    "user",
    [
        vm(IP),
        case.resource(RULE, region="us-central1", ipAddress=IP),
        case.resource("gcp:compute/routerNat:RouterNat", region="us-central1", natIps=[IP]),
    ],
)
def test_an_address_in_use_costs_nothing_of_its_own(user: CaseResource) -> None:
    assert address_with(user) == same("0.00")


@pytest.mark.parametrize(
    "user",
    [
        vm(IP, desiredStatus="TERMINATED"),
        vm(IP, desiredStatus="SUSPENDED"),
        case.resource("gcp:dns/recordSet:RecordSet", rrdatas=[IP], managedZone="z"),
        case.resource("gcp:compute/firewall:Firewall", network="n", sourceRanges=[IP]),
        case.resource(
            VM, machineType="e2-small", zone="us-central1-a", metadata={"ip": IP}, bootDisk={}
        ),
    ],
)
def test_an_address_on_which_nothing_runs_is_idle_whatever_refers_to_it(
    user: CaseResource,
) -> None:
    # 730 h * 0.01
    assert address_with(user) == same("7.30")


SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
GLOBAL_NAME = "kubernetes.io/ingress.global-static-ip-name"


@pytest.mark.parametrize(
    "user",
    [
        case.resource(SERVICE, spec={"type": "LoadBalancer", "loadBalancerIP": IP}),
        case.resource(SERVICE, spec={"loadBalancerIP": "203.0.113.7"}),
        case.resource(INGRESS, metadata={"annotations": {GLOBAL_NAME: IP}}),
        case.resource(INGRESS, metadata={"annotations": {GLOBAL_NAME: "web"}}),
        case.resource(
            SERVICE,
            metadata={"annotations": {"networking.gke.io/load-balancer-ip-addresses": "v6,web"}},
        ),
        case.resource(
            "kubernetes:gateway.networking.k8s.io/v1:Gateway",
            spec={"addresses": [{"type": "NamedAddress", "value": "web"}]},
        ),
        case.resource(RULE, region="us-central1", ipAddress="203.0.113.7"),
        case.resource(
            RULE, region="us-central1", ipAddress="projects/p/regions/us-central1/addresses/web"
        ),
        vm("203.0.113.7"),
    ],
)
def test_an_address_that_a_cluster_uses_or_a_text_names_is_in_use(user: CaseResource) -> None:
    ip = case.resource(ADDRESS, "ip", region="us-central1", name="web", address="203.0.113.7")

    assert ADDRESS not in {item.token for item in cost_of(ip, user).estimates}


def test_an_address_whose_use_is_not_known_may_be_idle() -> None:
    maybe = ("0.00", "7.30", "7.30")
    chart = case.resource("kubernetes:helm.sh/v3:Release", values={"controller": {"ip": IP}})
    assert address_with(chart) == maybe
    other = case.resource("kubernetes:helm.sh/v3:Release", values={"controller": {"ip": "x"}})
    assert address_with(other) == same("7.30")

    stack = stack_of(
        case.resource(ADDRESS, "ip", region="us-central1"), case.resource(SERVICE, spec=UNKNOWN)
    )
    for resource in stack:
        resource.property_dependencies = None
    cost = estimate(stack, packaged_prices(), IDLE)
    assert [dollars(item) for item in cost.estimates if item.token == ADDRESS] == [maybe]


def test_nothing_is_advised_of_an_address_whose_use_is_not_known() -> None:
    chart = case.resource("kubernetes:helm.sh/v3:Release", values={"ip": IP})
    for users, advice in (((chart,), 0), ((), 1)):
        stack = stack_of(case.resource(ADDRESS, "ip", region="us-central1"), *users)
        cost = estimate(stack, packaged_prices(), IDLE)
        (item,) = (item for item in cost.estimates if item.token == ADDRESS)
        (address,) = stack.of_type(ADDRESS)
        assert len(list(unused(item, address, StackIndex(stack)))) == advice


def test_a_name_of_something_else_is_no_use_of_an_address() -> None:
    ip = case.resource(ADDRESS, "ip", region="us-central1", name="web")
    machine = case.resource(
        VM,
        machineType="e2-small",
        zone="us-central1-a",
        bootDisk={"source": "a-disk"},
        networkInterfaces=[{"network": "web", "accessConfigs": [{"natIp": "198.51.100.1"}]}],
    )

    found = [dollars(item) for item in cost_of(ip, machine).estimates if item.token == ADDRESS]
    assert found == [same("7.30")]


def test_an_address_is_idle_while_its_machine_is_stopped() -> None:
    assert address_with(vm(IP), active_hours=365) == same("3.65")


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, "7.30"),
        ({"addressType": "INTERNAL", "purpose": "VPC_PEERING"}, "0.00"),
        ({"ipVersion": "IPV6"}, "0.00"),
    ],
)
def test_a_global_address_is_idle_as_any_other(inputs: dict[str, Any], expected: str) -> None:
    assert dollars(one("gcp:compute/globalAddress:GlobalAddress", inputs)) == same(expected)


def test_an_address_of_a_global_rule_costs_nothing() -> None:
    cost = cost_of(
        case.resource("gcp:compute/globalAddress:GlobalAddress", "used"),
        case.resource(GLOBAL_RULE, ipAddress=case.output_of("used")),
    )

    assert [item.token.rpartition(":")[2] for item in cost.estimates] == ["GlobalForwardingRule"]
