"""The private network."""

from ipaddress import IPv4Network
from typing import Any

from tests.infra.deployment import Deployment, deploy

VPC = "id-of-vpc"


def firewall(deployment: Deployment) -> dict[str, dict[str, Any]]:
    return {
        rule.name: dict(rule.inputs) for rule in deployment.all("gcp:compute/firewall:Firewall")
    }


def test_vpc_has_one_subnet_of_its_own(deployment: Deployment) -> None:
    vpc = deployment.one("gcp:compute/network:Network").inputs
    assert vpc["name"] == "apex-memory-vpc"
    assert vpc["autoCreateSubnetworks"] is False
    subnet = deployment.one("gcp:compute/subnetwork:Subnetwork").inputs
    assert subnet["network"] == VPC
    assert subnet["region"] == "us-central1"
    assert subnet["ipCidrRange"] == "10.10.0.0/20"
    assert subnet["privateIpGoogleAccess"] is True
    assert subnet["logConfig"] == {
        "aggregationInterval": "INTERVAL_5_SEC",
        "flowSampling": 0.5,
        "metadata": "INCLUDE_ALL_METADATA",
    }


def test_managed_services_get_private_addresses(deployment: Deployment) -> None:
    addresses = deployment.one("gcp:compute/globalAddress:GlobalAddress", "private-services").inputs
    assert (addresses["address"], addresses["prefixLength"]) == ("10.20.0.0", 16)
    assert (addresses["purpose"], addresses["addressType"]) == ("VPC_PEERING", "INTERNAL")
    connection = deployment.one("gcp:servicenetworking/connection:Connection").inputs
    assert connection["network"] == VPC
    assert connection["reservedPeeringRanges"] == [addresses["name"]]


def test_nat_is_logged(deployment: Deployment) -> None:
    nat = deployment.one("gcp:compute/routerNat:RouterNat").inputs
    assert nat["router"] == deployment.one("gcp:compute/router:Router").inputs["name"]
    assert nat["logConfig"] == {"enable": True, "filter": "ALL"}


def test_nat_has_ports_for_all_that_a_worker_calls_at_once(deployment: Deployment) -> None:
    nat = deployment.one("gcp:compute/routerNat:RouterNat").inputs
    assert nat["minPortsPerVm"] == 1024
    assert nat["natIpAllocateOption"] == "AUTO_ONLY"


def test_firewall_denies_by_default_in_both_directions(deployment: Deployment) -> None:
    rules = firewall(deployment)
    for name, direction, ranges in (
        ("deny-ingress", "INGRESS", "sourceRanges"),
        ("deny-egress", "EGRESS", "destinationRanges"),
    ):
        assert rules[name]["direction"] == direction
        assert rules[name]["denies"] == [{"protocol": "all"}]
        assert rules[name][ranges] == ["0.0.0.0/0"]
        assert rules[name]["priority"] > max(
            rule["priority"] for rule in rules.values() if "allows" in rule
        )


def passes(rule: dict[str, Any], ranges: str) -> tuple[str, ...]:
    """Returns where to or from, which ports, and which network tags."""
    return (
        *rule[ranges],
        *(f"{allow['protocol']}:{port}" for allow in rule["allows"] for port in allow["ports"]),
        *rule.get("targetTags", []),
    )


def test_firewall_lets_nothing_in_and_little_out(deployment: Deployment) -> None:
    allowed = [rule for rule in firewall(deployment).values() if "allows" in rule]
    assert {passes(r, "sourceRanges") for r in allowed if r["direction"] == "INGRESS"} == {
        ("10.10.0.0/20", "tcp:7687", "neo4j"),
        ("35.235.240.0/20", "tcp:22", "neo4j"),  # Identity-Aware Proxy, for administrators
    }
    assert {passes(r, "destinationRanges") for r in allowed if r["direction"] == "EGRESS"} == {
        ("199.36.153.8/30", "tcp:443"),
        ("10.20.0.0/16", "tcp:5432", "postgres-client", "vpc-connector"),
        ("10.20.0.0/16", "tcp:6378", "redis-client", "vpc-connector"),
        ("10.10.0.0/20", "tcp:7687", "neo4j-client", "vpc-connector"),
        ("0.0.0.0/0", "tcp:443", "tcp:7233", "internet-egress", "vpc-connector"),
    }


def test_every_firewall_rule_is_logged_and_explained(deployment: Deployment) -> None:
    for name, rule in firewall(deployment).items():
        assert rule["network"] == VPC, name
        assert rule["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}, name
        assert rule["description"], name


def test_firewall_follows_the_range_of_the_managed_services() -> None:
    rules = firewall(deploy("dev", {"private-services-cidr": "172.20.0.0/18"}))
    assert rules["allow-postgres-client"]["destinationRanges"] == ["172.20.0.0/18"]


def test_google_services_resolve_to_where_the_firewall_lets_out(deployment: Deployment) -> None:
    zones = {zone.name: zone.inputs for zone in deployment.all("gcp:dns/managedZone:ManagedZone")}
    records = deployment.all("gcp:dns/recordSet:RecordSet")
    open_range = IPv4Network(firewall(deployment)["allow-google-apis"]["destinationRanges"][0])
    assert [record.inputs["name"] for record in records] == [
        "*.googleapis.com.",
        "*.pkg.dev.",
        "*.run.app.",
    ]
    for record in records:
        zone = zones[record.name]
        assert record.inputs["managedZone"] == zone["name"]
        assert record.inputs["name"] == f"*.{zone['dnsName']}"
        assert record.inputs["type"] == "A"
        assert record.inputs["rrdatas"] == [str(address) for address in open_range]
        assert zone["visibility"] == "private"
        assert zone["privateVisibilityConfig"] == {"networks": [{"networkUrl": VPC}]}


def test_dns_queries_are_logged(deployment: Deployment) -> None:
    policy = deployment.one("gcp:dns/policy:Policy").inputs
    assert policy["enableLogging"] is True
    assert policy["networks"] == [{"networkUrl": VPC}]


def test_connector_is_built_when_one_is_named() -> None:
    deployment = deploy("dev", {"vpc-connector": "apex-vpc-connector"})
    assert deployment.one("gcp:vpcaccess/connector:Connector").inputs == {
        "name": "apex-vpc-connector",
        "network": "apex-memory-vpc",
        "region": "us-central1",
        "ipCidrRange": "10.10.16.0/28",
        "machineType": "e2-micro",
        "minInstances": 2,
        "maxInstances": 3,
    }
