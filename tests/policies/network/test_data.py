"""Who reaches databases, caches, buckets and data sets, and clusters."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.network.stacks import edges, from_outside

UNKNOWN = case.UNKNOWN
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
VPC = case.resource("gcp:compute/network:Network", "vpc", name="vpc")
SERVICES = case.resource(
    "gcp:servicenetworking/connection:Connection", "services", network=case.output_of("vpc")
)


def sql(version: Any = "POSTGRES_17", **address: Any) -> CaseResource:
    return case.resource(SQL, "db", databaseVersion=version, settings={"ipConfiguration": address})


def listed(*ranges: Any) -> CaseResource:
    return sql(ipv4Enabled=True, authorizedNetworks=[{"value": item} for item in ranges])


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        (sql(), ["Internet > db: guarded tcp 5432"]),
        (sql(version=UNKNOWN), ["Internet > db: guarded"]),
        (sql("MYSQL_8_4", ipv4Enabled=True), ["Internet > db: guarded tcp 3306"]),
        (sql(ipv4Enabled=False), []),
        (sql(ipv4Enabled=UNKNOWN), ["Internet > db: unknown tcp 5432"]),
        (listed("0.0.0.0/0"), ["Internet > db: open tcp 5432"]),
        (
            listed("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"),
            ["Internet > db: open tcp 5432"],
        ),
        (listed(UNKNOWN, "0.0.0.0/0"), ["Internet > db: open tcp 5432"]),
        (
            listed("the office"),
            ["Internet > db: unknown tcp 5432", "the office > db: guarded tcp 5432"],
        ),
        (
            listed("203.0.113.0/24"),
            ["203.0.113.0/24 > db: guarded tcp 5432", "Internet > db: guarded tcp 5432"],
        ),
        (listed(UNKNOWN), ["Internet > db: unknown tcp 5432"]),
        (
            sql(ipv4Enabled=True, authorizedNetworks=UNKNOWN),
            ["Internet > db: unknown tcp 5432"],
        ),
        (case.resource(SQL, "db"), ["Internet > db: guarded"]),
    ],
)
def test_cloud_sql_from_outside(database: CaseResource, expected: list[str]) -> None:
    assert from_outside(database) == expected


@pytest.mark.parametrize(
    "network", [case.output_of("vpc"), "vpc", "projects/p/global/networks/vpc"]
)
def test_cloud_sql_from_its_network(network: Any) -> None:
    private = sql(ipv4Enabled=False, privateNetwork=network)
    assert edges(VPC, SERVICES, private) == ["vpc > db: private tcp 5432"]


def test_private_service_connect() -> None:
    private = sql(ipv4Enabled=False, pscConfigs=[{"pscEnabled": True}])
    assert edges(private) == ["Private Service Connect > db: private"]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, []),
        ({"networkConfig": {"enablePublicIp": True}}, ["Internet > db: guarded tcp 5432"]),
        ({"networkConfig": {"enablePublicIp": UNKNOWN}}, ["Internet > db: unknown tcp 5432"]),
        (
            {
                "networkConfig": {
                    "enablePublicIp": True,
                    "authorizedExternalNetworks": [{"cidrRange": "0.0.0.0/0"}],
                }
            },
            ["Internet > db: open tcp 5432"],
        ),
    ],
)
def test_alloydb(inputs: dict[str, Any], expected: list[str]) -> None:
    cluster = case.resource(
        "gcp:alloydb/cluster:Cluster",
        "cluster",
        clusterId="cluster",
        networkConfig={"network": case.output_of("vpc")},
    )
    instance = case.resource(
        "gcp:alloydb/instance:Instance", "db", cluster=case.output_of("cluster"), **inputs
    )
    assert edges(VPC, cluster, instance) == [*expected, "vpc > db: private tcp 5432"]


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("redis/instance:Instance", {"authorizedNetwork": "vpc"}, "vpc > db: private tcp 6379"),
        (
            "redis/instance:Instance",
            {
                "authorizedNetwork": case.output_of("vpc"),
                "transitEncryptionMode": "SERVER_AUTHENTICATION",
            },
            "vpc > db: private tcp 6378",
        ),
        ("redis/instance:Instance", {}, "default > db: private tcp 6379"),
        ("memcache/instance:Instance", {"authorizedNetwork": UNKNOWN}, ""),
        (
            "redis/cluster:Cluster",
            {"pscConfigs": [{"network": case.output_of("vpc")}]},
            "vpc > db: private tcp 6379",
        ),
        (
            "memorystore/instance:Instance",
            {"desiredAutoCreatedEndpoints": [{"network": "vpc"}]},
            "vpc > db: private tcp 6379",
        ),
        (
            "filestore/instance:Instance",
            {"networks": [{"network": "vpc"}]},
            "vpc > db: private tcp 2049",
        ),
    ],
)
def test_what_has_private_addresses_only(token: str, inputs: dict[str, Any], expected: str) -> None:
    assert edges(VPC, case.resource(f"gcp:{token}", "db", **inputs)) == [expected] * bool(expected)


BUCKET = case.resource("gcp:storage/bucket:Bucket", "bucket", name="bucket")
CLOSED = case.resource(
    "gcp:storage/bucket:Bucket", "bucket", name="bucket", publicAccessPrevention="enforced"
)
OPEN = ["Internet > bucket: open"]
PERHAPS = ["Internet > bucket: unknown"]


def shared(token: str, **inputs: Any) -> CaseResource:
    return case.resource(f"gcp:storage/{token}", "share", bucket=case.output_of("bucket"), **inputs)


@pytest.mark.parametrize(
    ("bucket", "share", "expected"),
    [
        (BUCKET, shared("bucketIAMMember:BucketIAMMember", member="allUsers"), OPEN),
        (BUCKET, shared("bucketIAMMember:BucketIAMMember", member="user:a@example.org"), []),
        (BUCKET, shared("bucketIAMMember:BucketIAMMember", member=UNKNOWN), PERHAPS),
        (
            BUCKET,
            shared("bucketIAMBinding:BucketIAMBinding", members=["allAuthenticatedUsers"]),
            OPEN,
        ),
        (CLOSED, shared("bucketIAMMember:BucketIAMMember", member="allUsers"), []),
        (BUCKET, shared("bucketACL:BucketACL", predefinedAcl="publicRead"), OPEN),
        (BUCKET, shared("bucketACL:BucketACL", predefinedAcl=UNKNOWN), PERHAPS),
        (BUCKET, shared("bucketACL:BucketACL", roleEntities=["READER:allUsers"]), OPEN),
        (BUCKET, shared("bucketACL:BucketACL", roleEntities=[UNKNOWN]), PERHAPS),
        (BUCKET, shared("bucketACL:BucketACL", predefinedAcl="private"), []),
        (BUCKET, shared("bucketAccessControl:BucketAccessControl", entity="allUsers"), OPEN),
    ],
)
def test_buckets(bucket: CaseResource, share: CaseResource, expected: list[str]) -> None:
    assert from_outside(bucket, share) == expected


@pytest.mark.parametrize(
    ("accesses", "expected"),
    [
        ([{"role": "READER", "specialGroup": "allAuthenticatedUsers"}], ["Internet > set: open"]),
        ([{"role": "READER", "iamMember": "allUsers"}], ["Internet > set: open"]),
        ([{"role": "OWNER", "userByEmail": UNKNOWN}], []),
        ([{"role": "READER", "specialGroup": UNKNOWN}], ["Internet > set: unknown"]),
        (UNKNOWN, ["Internet > set: unknown"]),
        (None, []),
    ],
)
def test_data_sets(accesses: Any, expected: list[str]) -> None:
    token = "gcp:bigquery/dataset:Dataset"
    assert from_outside(case.resource(token, "set", datasetId="set", accesses=accesses)) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"datasetId": "set", "specialGroup": "allAuthenticatedUsers"}, ["Internet > set: open"]),
        ({"datasetId": case.output_of("set"), "iamMember": "allUsers"}, ["Internet > set: open"]),
        ({"datasetId": "set", "iamMember": UNKNOWN}, ["Internet > set: unknown"]),
        ({"datasetId": "set", "domain": "example.org"}, []),
        ({"datasetId": "another", "iamMember": "allUsers"}, []),
    ],
)
def test_what_shares_a_data_set(entry: dict[str, Any], expected: list[str]) -> None:
    dataset = case.resource("gcp:bigquery/dataset:Dataset", "set", datasetId="set")
    access = case.CaseResource("gcp:bigquery/datasetAccess:DatasetAccess", entry, "entry")
    assert from_outside(dataset, access) == expected


ENDPOINT = "controlPlaneEndpointsConfig"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, ["Internet > gke: open tcp 443"]),
        ({"privateClusterConfig": {"enablePrivateEndpoint": True}}, []),
        (
            {"privateClusterConfig": {"enablePrivateEndpoint": UNKNOWN}},
            ["Internet > gke: unknown tcp 443"],
        ),
        (
            {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]}},
            ["203.0.113.0/24 > gke: guarded tcp 443"],
        ),
        (
            {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}},
            ["Internet > gke: open tcp 443"],
        ),
        (
            {"masterAuthorizedNetworksConfig": {"cidrBlocks": UNKNOWN}},
            ["Internet > gke: unknown tcp 443"],
        ),
        ({ENDPOINT: {"ipEndpointsConfig": {"enabled": False}}}, []),
        (
            {
                ENDPOINT: {
                    "ipEndpointsConfig": {"enablePublicEndpoint": False},
                    "dnsEndpointConfig": {"allowExternalTraffic": True},
                }
            },
            ["Internet > gke: guarded tcp 443"],
        ),
    ],
)
def test_control_planes(inputs: dict[str, Any], expected: list[str]) -> None:
    cluster = case.resource("gcp:container/cluster:Cluster", "gke", network="vpc", **inputs)
    assert from_outside(VPC, cluster) == expected


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, ["gke > Internet: private", "gke > default: private"]),
        ({"network": "vpc"}, ["gke > Internet: private", "gke > vpc: private"]),
        (
            {"network": "vpc", "privateClusterConfig": {"enablePrivateNodes": True}},
            ["gke > vpc: private"],
        ),
    ],
)
def test_machines_of_clusters(inputs: dict[str, Any], expected: list[str]) -> None:
    cluster = case.resource("gcp:container/cluster:Cluster", "gke", **inputs)
    found = edges(VPC, cluster)
    assert [edge for edge in found if ": private" in edge] == expected
