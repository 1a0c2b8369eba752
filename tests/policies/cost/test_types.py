"""What each resource type costs: its smallest and its largest variant, computed by hand.

The prices stand in the price file; here they are written as factors, so that a wrong price, a wrong
quantity and a wrong unit each change a sum.
"""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.cost import Amounts, Status, packaged_prices
from apex_guardrails.cost.free import is_free
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.model import UNKNOWN, case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.provider.schema import tokens, type_schema
from tests.policies.cost.stacks import cost_of, dollars, one, same

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
VM = "gcp:compute/instance:Instance"
DISK = "gcp:compute/disk:Disk"
REDIS = "gcp:redis/instance:Instance"
RUN = "gcp:cloudrunv2/service:Service"
RUN_V1 = "gcp:cloudrun/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
NAT = "gcp:compute/routerNat:RouterNat"
RULE = "gcp:compute/forwardingRule:ForwardingRule"
CONNECTOR = "gcp:vpcaccess/connector:Connector"
CLUSTER = "gcp:container/cluster:Cluster"
NODES = "gcp:container/nodePool:NodePool"
UPTIME = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
BUCKET = "gcp:storage/bucket:Bucket"

PG = {"databaseVersion": "POSTGRES_17"}


def sql(tier: Any, **settings: Any) -> dict[str, Any]:
    return {
        **PG,
        "settings": {"tier": tier, "edition": "ENTERPRISE", "diskAutoresize": False, **settings},
    }


def vm(machine: Any, **inputs: Any) -> dict[str, Any]:
    """A machine without a disk of its own."""
    return {
        "machineType": machine,
        "zone": "us-central1-a",
        "bootDisk": {"source": "a-disk"},
        "networkInterfaces": [{"network": "vpc"}],
        **inputs,
    }


def run(
    cpu: str = "1", memory: str = "512Mi", *, least: Any = 0, **container: Any
) -> dict[str, Any]:
    return {
        "location": "us-central1",
        "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY",
        "template": {
            "containers": [
                {"resources": {"limits": {"cpu": cpu, "memory": memory}, **container}},
            ],
            "scaling": {"minInstanceCount": least, "maxInstanceCount": 2},
        },
    }


def plus(tier: str, *, cached: bool | None = None, **settings: Any) -> dict[str, Any]:
    cache = {} if cached is None else {"dataCacheConfig": {"dataCacheEnabled": cached}}
    return sql(tier, edition="ENTERPRISE_PLUS", **cache, **settings)


def pool(count: int | None, *sizes: tuple[str, str]) -> dict[str, Any]:
    scaling = {} if count is None else {"scaling": {"manualInstanceCount": count}}
    return {
        "location": "us-central1",
        **scaling,
        "template": {
            "containers": [
                {"resources": {"limits": {"cpu": cpu, "memory": memory}}} for cpu, memory in sizes
            ]
        },
    }


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        # 730 h * 0.0105 + 10 GiB * 0.17
        (SQL, sql("db-f1-micro"), "9.37"),
        # 730 h * 0.07 + 10 GiB * 0.34
        (SQL, sql("db-g1-small", availabilityType="REGIONAL"), "54.50"),
        # 730 h * (1 * 0.0413 + 3.75 * 0.007) + 1.70
        (SQL, sql("db-custom-1-3840"), "51.01"),
        (SQL, sql("db-n1-standard-1"), "51.01"),
        # 730 h * (1 * 0.0826 + 3.75 * 0.014) + 20 GiB * 0.34: a standby doubles both
        (SQL, sql("db-custom-1-3840", availabilityType="REGIONAL", diskSize=20), "105.42"),
        # 730 h * (96 * 0.0413 + 624 * 0.007) + 65,536 GiB * 0.17
        (SQL, sql("db-custom-96-638976", diskSize=65536), "17224.06"),
        (SQL, sql("db-n1-highmem-2"), "128.43"),
        # 730 h * 0.021 + 100 GiB * 0.18
        (
            SQL,
            sql("db-f1-micro", availabilityType="REGIONAL", diskType="PD_HDD", diskSize=100),
            "33.33",
        ),
        (SQL, sql("db-g1-small"), "27.25"),
        # stopped: 10 GiB * 0.17 + 730 h * 0.01 for an address that nothing uses
        (SQL, sql("db-f1-micro", activationPolicy="NEVER"), "9.00"),
        # stopped, without an address: 100 GiB * 0.09
        (
            SQL,
            sql(
                "db-f1-micro",
                activationPolicy="NEVER",
                diskType="PD_HDD",
                diskSize=100,
                ipConfiguration={"ipv4Enabled": False},
            ),
            "9.00",
        ),
        # 730 h * (0.25 * 0.02181159 + 1 * 0.00292353)
        (VM, vm("e2-micro"), "6.11"),
        (VM, vm("e2-small"), "12.23"),
        (VM, vm("zones/us-central1-a/machineTypes/e2-medium"), "24.46"),
        # 730 h * (32 * 0.02181159 + 128 * 0.00292353)
        (VM, vm("e2-standard-32"), "782.69"),
        (VM, vm("e2-highcpu-2"), "36.11"),
        # custom E2 costs what the others do
        (VM, vm("e2-custom-2-2048"), "36.11"),
        (VM, vm("e2-custom-small-2048"), "12.23"),
        # 730 h * (0.031611 + 3.75 * 0.004237) * 0.7: sustained use
        (VM, vm("n1-standard-1"), "24.27"),
        # 730 h * (8 * 0.031611 + 32 * 0.004237) * 0.8002
        (VM, vm("n2-standard-8"), "226.92"),
        # 730 h * 0.7 * (2 * 0.033191 + 13 * 0.004446 + 2 * 0.00955)
        (VM, vm("custom-2-15360-ext"), "73.22"),
        # 730 h * 0.8002 * (4 * 0.03319155 + 8 * 0.00444885)
        (VM, vm("n2-custom-4-8192"), "98.35"),
        (VM, vm("n2d-standard-2"), "49.36"),
        (VM, vm("t2d-standard-1"), "30.84"),
        (VM, vm("c2-standard-4"), "121.97"),
        # 730 h * 0.7 * 0.0076
        (VM, vm("f1-micro"), "3.88"),
        # stopped, with 375 GiB * 0.08 of local SSD and a boot disk of 10 GiB * 0.04
        (VM, vm("e2-small", desiredStatus="TERMINATED", scratchDisks=[{}], bootDisk={}), "30.40"),
        # 12.23 + 730 h * 0.005
        (VM, vm("e2-small", networkInterfaces=[{"accessConfigs": [{}]}]), "15.88"),
        (DISK, {"size": 10, "zone": "us-central1-a"}, "0.40"),
        # an empty disk that says no size has Google's: 500 or 100 GiB
        (DISK, {}, "20.00"),
        (DISK, {"type": "pd-ssd"}, "17.00"),
        # 1,000 GiB * 0.125 + 100,000 * 0.065
        (DISK, {"type": "pd-extreme"}, "6625.00"),
        # 100 GiB * 0.04, and snapshots of none of it
        (DISK, {"size": 100, "resourcePolicies": ["daily"]}, "4.00"),
        (DISK, {"size": 65536, "type": "pd-ssd", "zone": "us-central1-a"}, "11141.12"),
        # 1,000 GiB * 0.125 + 5,000 * 0.065
        (DISK, {"size": 1000, "type": "pd-extreme", "provisionedIops": 5000}, "450.00"),
        ("gcp:compute/regionDisk:RegionDisk", {"size": 10, "type": "pd-balanced"}, "2.00"),
        ("gcp:compute/regionDisk:RegionDisk", {"size": 10, "type": "pd-ssd"}, "3.40"),
        ("gcp:compute/regionDisk:RegionDisk", {"size": 10}, "0.80"),
        # 730 h * GiB * the band's price
        (REDIS, {"memorySizeGb": 1}, "35.77"),
        (REDIS, {"memorySizeGb": 4}, "143.08"),
        (REDIS, {"memorySizeGb": 5}, "98.55"),
        (REDIS, {"memorySizeGb": 11}, "184.69"),
        (REDIS, {"memorySizeGb": 36}, "499.32"),
        (REDIS, {"memorySizeGb": 300}, "3504.00"),
        (REDIS, {"memorySizeGb": 5, "tier": "STANDARD_HA"}, "197.10"),
        (REDIS, {"memorySizeGb": 35, "tier": "STANDARD_HA"}, "1175.30"),
        (REDIS, {"memorySizeGb": 100, "tier": "STANDARD_HA"}, "2555.00"),
        (
            "gcp:redis/cluster:Cluster",
            {"shardCount": 1, "nodeType": "REDIS_STANDARD_SMALL"},
            "104.03",
        ),
        (REDIS, {"memorySizeGb": 1, "tier": "STANDARD_HA"}, "46.72"),
        (REDIS, {"memorySizeGb": 300, "tier": "STANDARD_HA"}, "6570.00"),
        # 2 nodes * 730 h * 0.0318; 10 shards with 2 replicas * 730 h * 0.8581
        (
            "gcp:redis/cluster:Cluster",
            {"shardCount": 2, "nodeType": "REDIS_SHARED_CORE_NANO"},
            "46.43",
        ),
        (
            "gcp:redis/cluster:Cluster",
            {"shardCount": 10, "replicaCount": 2, "nodeType": "REDIS_HIGHMEM_XLARGE"},
            "18792.39",
        ),
        (RUN, run(), "0.00"),
        # 2,628,000 s * (1 + 0.5) * 0.0000025
        (RUN, run(least=1), "9.86"),
        # 2,628,000 s * (8 * 0.000018 + 32 * 0.000002)
        (RUN, run("8", "32Gi", least=1, cpuIdle=False), "546.62"),
        # 2,628,000 s * (0.000011244 + 0.5 * 0.000001235): less than a service that always runs
        (POOL, pool(1, ("1", "512Mi")), "31.17"),
        (RUN, run("1", "512Mi", least=1, cpuIdle="false"), "49.93"),
        (POOL, pool(0, ("8", "32Gi")), "0.00"),
        (POOL, pool(None, ("1000m", "1Gi")), "32.79"),
        (POOL, pool(3, ("1", "1Gi"), ("500m", "512Mi")), "147.58"),
        (NAT, {}, "3.65"),
        (NAT, {"natIps": ["a", "b"], "natIpAllocateOption": "MANUAL_ONLY"}, "7.30"),
        (NAT, {"type": "PRIVATE"}, "0.00"),
        ("gcp:compute/address:Address", {}, "7.30"),
        ("gcp:compute/address:Address", {"addressType": "INTERNAL"}, "0.00"),
        # the first five rules cost together what one does
        (RULE, {}, "18.25"),
        # 5 + 2 rules
        ("gcp:compute/securityPolicy:SecurityPolicy", {"rules": [{}, {}]}, "7.00"),
        ("gcp:compute/securityPolicyRule:SecurityPolicyRule", {}, "1.00"),
        ("gcp:compute/vPNTunnel:VPNTunnel", {}, "36.50"),
        ("gcp:dns/managedZone:ManagedZone", {}, "0.20"),
        ("gcp:kms/cryptoKeyVersion:CryptoKeyVersion", {}, "0.06"),
        ("gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion", {}, "0.06"),
        (
            "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion",
            {"enabled": False},
            "0.00",
        ),
        # 511 h at the discount of a whole month * (96 * 0.031611 + 360 * 0.004237)
        (VM, vm("n1-standard-96"), "2330.15"),
        # 584.146 h * (128 * 0.031611 + 512 * 0.004237)
        (VM, vm("n2-standard-128"), "3630.79"),
        # 65,536 GiB * 0.125 + 120,000 * 0.065
        (DISK, {"size": 65536, "type": "pd-extreme", "provisionedIops": 120000}, "15992.00"),
        ("gcp:kms/cryptoKey:CryptoKey", {}, "0.06"),
        ("gcp:cloudscheduler/job:Job", {}, "0.10"),
        (
            "gcp:monitoring/alertPolicy:AlertPolicy",
            {"conditions": [{}, {}]},
            "0.20",
        ),
        ("gcp:monitoring/alertPolicy:AlertPolicy", {"conditions": [{}], "enabled": False}, "0.00"),
        (CLUSTER, {"location": "us-central1", "removeDefaultNodePool": True}, "73.00"),
        # 73 + 3 nodes in each of 3 zones * (24.46 + 100 GiB * 0.1)
        (CLUSTER, {"location": "us-central1"}, "383.13"),
        # 2 nodes in one zone * (48.92 + 50 GiB * 0.04)
        (
            NODES,
            {
                "location": "us-central1-a",
                "nodeCount": 2,
                "nodeConfig": {
                    "machineType": "e2-standard-2",
                    "diskType": "pd-standard",
                    "diskSizeGb": 50,
                },
            },
            "101.84",
        ),
    ],
)
def test_what_a_type_costs(token: str, inputs: dict[str, Any], expected: str) -> None:
    found = one(token, inputs)

    assert found.unpriced == ()
    assert dollars(found) == same(expected)


@pytest.mark.parametrize(
    ("token", "inputs", "figures", "expected"),
    [
        # 1, 4 and 16 GiB of logs * 0.25
        (
            "gcp:compute/subnetwork:Subnetwork",
            {"logConfig": {}},
            {"flow_log_gib": {"low": 1, "expected": 4, "high": 16}},
            ("0.25", "1.00", "4.00"),
        ),
        # 2,000,000 requests of 0.5 s: 1,000,000 s * (0.000024 + 0.5 * 0.0000025) + 0.80
        (RUN, run(), {"requests": 2_000_000, "request_seconds": "0.5"}, same("26.05")),
        # the same at ten requests at once
        (
            RUN,
            run(),
            {"requests": 2_000_000, "request_seconds": "0.5", "requests_at_once": 10},
            same("3.33"),
        ),
        # no more than two instances can be busy: 5,256,000 s * 0.00002525 + 4,000
        (RUN, run(), {"requests": 10**10, "request_seconds": 1}, same("4132.71")),
        # two hours * 3,600 s * (0.000018 + 0.5 * 0.000002)
        (
            JOB,
            {"location": "us-central1", "template": {"template": {"containers": [{}]}}},
            {"job_hours": 2},
            same("0.14"),
        ),
        # half a month of an e2-small
        (VM, vm("e2-small"), {"active_hours": 365}, same("6.11")),
        # half a month of an N1 is not yet discounted by much: 365 h at (1 + 0.8) / 2
        (VM, vm("n1-standard-1"), {"active_hours": 365}, same("15.60")),
        (POOL, pool(2, ("1", "512Mi")), {"active_hours": 365}, same("31.17")),
        # committed for a year, or for three
        (VM, vm("e2-standard-2"), {"commitment": "1-year"}, same("30.82")),
        (VM, vm("e2-standard-2"), {"commitment": "3-year"}, same("22.01")),
        # 10 GiB that grow by half, * 0.17, and backups of all of it * 0.08
        (
            SQL,
            sql("db-f1-micro", diskAutoresize=True, backupConfiguration={"enabled": True}),
            {"storage_growth": "0.5", "backup_share": 1},
            same("11.42"),
        ),
        # no further than the limit
        (
            SQL,
            sql("db-f1-micro", diskAutoresize=True, diskAutoresizeLimit=12),
            {"storage_growth": 1},
            same("9.71"),
        ),
        # 1 GiB * 0.045 + 0.5 GiB of logs * 0.25 + 2 machines * 1.022 + 3.65
        (
            NAT,
            {"logConfig": {"enable": True}},
            {"nat_gib": 1, "nat_log_gib": "0.5", "nat_machines": 2},
            same("5.86"),
        ),
        # a gateway costs no more for its 33rd machine
        (NAT, {}, {"nat_machines": 40}, same("36.35")),
        # 10 GiB * 0.02 + 1 * 0.05 + 1 * 0.004
        (
            BUCKET,
            {"location": "US-CENTRAL1"},
            {"bucket_gib": 10, "bucket_writes": 10000, "bucket_reads": 10000},
            same("0.25"),
        ),
        # 1,500 GiB: 1,024 * 0.12 + 476 * 0.11
        (
            RUN,
            {**run(), "ingress": "INGRESS_TRAFFIC_ALL"},
            {"egress_gib": 1500},
            same("175.24"),
        ),
        # 100 GiB * 0.04, and half of it * 0.05
        (DISK, {"size": 100, "resourcePolicies": ["a"]}, {"snapshot_share": "0.5"}, same("6.50")),
        ("gcp:compute/snapshot:Snapshot", {}, {"snapshot_gib": 100}, same("5.00")),
        ("gcp:compute/image:Image", {}, {"snapshot_gib": 100}, same("5.00")),
        ("gcp:compute/image:Image", {"diskSizeGb": 30}, {"snapshot_gib": 100}, same("1.50")),
        ("gcp:compute/backendService:BackendService", {}, {"load_balancer_gib": 100}, same("0.80")),
        ("gcp:artifactregistry/repository:Repository", {}, {"image_gib": 10}, same("1.00")),
        ("gcp:secretmanager/secret:Secret", {}, {"secret_accesses": 20000}, same("0.06")),
        ("gcp:pubsub/topic:Topic", {}, {"message_tib": 1}, same("40.00")),
        ("gcp:pubsub/subscription:Subscription", {}, {"message_tib": "0.5"}, same("20.00")),
        ("gcp:compute/machineImage:MachineImage", {}, {"snapshot_gib": 20}, same("1.00")),
        (
            "gcp:compute/regionBackendService:RegionBackendService",
            {},
            {"load_balancer_gib": 50},
            same("0.40"),
        ),
        (
            "gcp:secretmanager/regionalSecret:RegionalSecret",
            {},
            {"secret_accesses": 50_000},
            same("0.15"),
        ),
        # one month more, and ten years
        *(
            (
                f"gcp:logging/{owner[0].lower()}{owner[1:]}BucketConfig:{owner}BucketConfig",
                {"retentionDays": days, "location": "global"},
                {"log_gib": 100},
                same(expected),
            )
            for owner in ("Folder", "Organization", "BillingAccount")
            for days, expected in ((30, "0.00"), (60, "1.00"), (3650, "120.67"))
        ),
        ("gcp:kms/cryptoKey:CryptoKey", {}, {"kms_operations": 100_000}, same("0.36")),
        ("gcp:dns/managedZone:ManagedZone", {}, {"dns_queries": 1_000_000}, same("0.60")),
        (
            "gcp:bigquery/dataset:Dataset",
            {"location": "us-central1"},
            {"query_tib": 2},
            same("12.50"),
        ),
        # 1,000,000 calls of 0.5 s at 256 MiB and 0.4 GHz: 0.40 + 0.3125 + 2.00
        (
            "gcp:cloudfunctions/function:Function",
            {},
            {"function_calls": 1_000_000, "request_seconds": "0.5"},
            same("2.71"),
        ),
        # 60 GiB for two months more
        (
            "gcp:logging/projectBucketConfig:ProjectBucketConfig",
            {"retentionDays": 90, "location": "global"},
            {"log_gib": 60},
            same("1.20"),
        ),
    ],
)
def test_what_use_costs(
    token: str, inputs: dict[str, Any], figures: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = one(token, inputs, **figures)

    assert found.unpriced == ()
    assert dollars(found) == expected


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        # 730 h * (2 * 0.0537 + 16 * 0.0091) + 1.70, and 375 GiB * 0.16
        (plus("db-perf-optimized-N-2", cached=False), same("186.39")),
        (plus("db-perf-optimized-N-2", cached=True), same("246.39")),
        # Whether it has a cache, its documentation and the provider's answer differently.
        (plus("db-perf-optimized-N-2"), ("186.39", "246.39", "246.39")),
        # PostgreSQL 16 and later have that edition where none is given.
        ({**PG, "settings": {"tier": "db-perf-optimized-N-2"}}, ("186.39", "246.39", "246.39")),
        # 730 h * (128 * 0.1074 + 864 * 0.0182) + 3.40, and 9,000 GiB * 0.16 once or twice
        (
            plus("db-perf-optimized-N-128", cached=True, availabilityType="REGIONAL"),
            ("22957.96", "22957.96", "24397.96"),
        ),
        # 10 GiB * 0.17, and its idle address
        (plus("db-perf-optimized-N-8", cached=True, activationPolicy="NEVER"), same("9.00")),
    ],
)
def test_a_database_of_enterprise_plus_has_a_cache(
    inputs: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = one(SQL, inputs)

    assert found.unpriced == ()
    assert dollars(found) == expected


def test_a_connector_has_two_machines_at_least_and_may_grow() -> None:
    # 2 * 6.1157, and 10 of them
    assert dollars(one(CONNECTOR, {})) == ("12.23", "12.23", "61.15")
    assert dollars(one(CONNECTOR, {"minInstances": 1, "maxInstances": 1})) == same("12.23")
    assert dollars(one(CONNECTOR, {"minThroughput": 300, "maxThroughput": 400})) == (
        "18.34",
        "18.34",
        "24.46",
    )


@pytest.mark.parametrize(
    ("token", "inputs", "reason"),
    [
        (SQL, sql("db-perf-optimized-N-2"), "there is no price for Cloud SQL's tier"),
        (SQL, sql("db-custom-0-0"), "there is no price for Cloud SQL's tier"),
        (SQL, sql(f"db-custom-{'9' * 5000}-1"), "there is no price for Cloud SQL's tier"),
        (VM, vm(f"e2-standard-{'9' * 5000}"), "machines of the type e2-standard-999"),
        (SQL, {**PG, "settings": {"tier": "db-f1-micro"}}, "f1-micro of Cloud SQL Enterprise Plus"),
        (SQL, plus("db-perf-optimized-N-3"), "optimized-N-3 of Cloud SQL Enterprise Plus"),
        (SQL, plus("db-c4a-highmem-4"), "c4a-highmem-4 of Cloud SQL Enterprise Plus"),
        (SQL, {**sql("db-custom-1-3840"), "databaseVersion": "SQLSERVER_2022_GOLD"}, "licence"),
        (SQL, sql(UNKNOWN), "settings.tier is not known before deployment"),
        (SQL, sql("db-f1-micro", availabilityType="GALACTIC"), "availabilityType is galactic"),
        (SQL, sql("db-f1-micro", diskType="HYPERDISK_BALANCED"), "HYPERDISK_BALANCED"),
        (SQL, sql("db-f1-micro", diskSize=-1), "diskSize is not a size"),
        (SQL, sql("db-f1-micro", diskSize="NaN"), "diskSize is not a size"),
        (SQL, sql("db-f1-micro", diskSize=UNKNOWN), "settings.diskSize is not known"),
        (VM, vm("x9-standard-4"), "machines of the type x9-standard-4"),
        (VM, vm("e2-standard-0"), "machines of the type e2-standard-0"),
        (VM, vm("c2-custom-2-2048"), "machines of the type c2-custom-2-2048"),
        (VM, vm("e2-custom-0-2048"), "is not a machine type"),
        (VM, vm(UNKNOWN), "machineType is not known before deployment"),
        (VM, vm("n2-standard-2", zone="europe-north2-b"), "n2.vcpu.hour in europe-north2"),
        (VM, vm("n2-custom-2-2048", zone="mars-north1-b"), "n2.custom.vcpu.hour in mars-north1"),
        (VM, vm("c3-standard-3-lssd"), "machines of the type c3-standard-3-lssd"),
        (VM, vm("n2-standard-4-lssd"), "machines of the type n2-standard-4-lssd"),
        (VM, vm("t2a-standard-3"), "t2a-standard-3.hour in us-central1"),
        (VM, vm("e2-small", guestAccelerators=[{"type": "t4", "count": 1}]), "accelerators"),
        (VM, vm("e2-small", bootDisk={"initializeParams": {"image": "windows-2025"}}), "licence"),
        (DISK, {"type": "hyperdisk-ml", "size": 1}, "disks of the type hyperdisk-ml"),
        (DISK, {"image": "debian"}, "it has the size of its source, which is not known here"),
        (DISK, {"snapshot": "s"}, "it has the size of its source, which is not known here"),
        (DISK, {"size": 10, "zone": "mars-north1-a"}, "pd-standard.gib_month in mars-north1"),
        (REDIS, {"memorySizeGb": UNKNOWN}, "memorySizeGb is not known before deployment"),
        (REDIS, {"memorySizeGb": 0}, "no size of 0 GiB"),
        (REDIS, {"memorySizeGb": 301}, "no size of 301 GiB"),
        (REDIS, {"memorySizeGb": 1, "tier": "GOLD"}, "tier GOLD"),
        (REDIS, {"memorySizeGb": 5, "readReplicasMode": "READ_REPLICAS_ENABLED"}, "replicas"),
        (REDIS, {"memorySizeGb": 1, "region": "mars-north1"}, "in mars-north1"),
        (RUN, run("one"), "is not a quantity"),
        (RUN, run(limits={"nvidia.com/gpu": "1"}), "accelerators"),
        (POOL, {**pool(1), "scaling": {"manualInstanceCount": UNKNOWN}}, "is not known"),
        (BUCKET, {"location": "US-CENTRAL1", "storageClass": "GLACIER"}, "class GLACIER"),
        (BUCKET, {"location": "EUR5"}, "gcs.gib_month in eur5"),
        (RULE, {"loadBalancingScheme": "INTERNAL_SELF_MANAGED"}, "scheme INTERNAL_SELF_MANAGED"),
        ("gcp:kms/cryptoKey:CryptoKey", {"versionTemplate": {"protectionLevel": "X"}}, "level X"),
        (CLUSTER, {"location": "us-central1", "enableAutopilot": True}, "once they run"),
        (NODES, {"cluster": "elsewhere"}, "not known here"),
        ("gcp:cloudfunctions/function:Function", {"availableMemoryMb": 333}, "memory size"),
        (
            "gcp:spanner/instance:Instance",
            {},
            "no price for the type gcp:spanner/instance:Instance",
        ),
        ("aws:s3/bucket:Bucket", {}, "no price for the type aws:s3/bucket:Bucket"),
    ],
)
def test_what_has_no_price_says_why(token: str, inputs: dict[str, Any], reason: str) -> None:
    found = one(token, inputs)

    assert found.status in (Status.UNPRICED, Status.PARTLY)
    assert any(reason in text for text in found.unpriced), found.unpriced


def test_what_is_priced_of_a_resource_counts_although_the_rest_is_not() -> None:
    found = one(SQL, sql("db-perf-optimized-N-2"))

    assert found.status is Status.PARTLY
    assert dollars(found) == same("1.70")


@pytest.mark.parametrize(
    ("kind", "location", "expected"),
    [
        ("NEARLINE", "US-CENTRAL1", "0.10"),
        ("COLDLINE", "US-CENTRAL1", "0.04"),
        ("NEARLINE", "US", "0.15"),
        ("coldline", "US", "0.07"),
        ("MULTI_REGIONAL", "US", "0.26"),
    ],
)
def test_what_a_bucket_stores_is_priced_by_its_class(
    kind: str, location: str, expected: str
) -> None:
    bucket = {"location": location, "storageClass": kind}
    found = one(BUCKET, bucket, bucket_gib=10)

    assert dollars(found) == same(expected)
    assert found.unpriced == ()


def test_a_size_that_is_not_known_is_a_range_where_its_bounds_are() -> None:
    # None to two idle instances; the dearest is expected
    assert dollars(one(RUN, run(least=UNKNOWN))) == ("0.00", "19.71", "19.71")
    # 10 to 100 GiB * 0.17, and 7.665
    disk = {"diskAutoresize": True, "diskAutoresizeLimit": 100, "diskSize": UNKNOWN}
    assert dollars(one(SQL, sql("db-f1-micro", **disk))) == ("9.37", "24.67", "24.67")


def test_a_service_of_the_first_version_costs_what_one_of_the_second_does() -> None:
    def service(**annotations: str) -> dict[str, Any]:
        return {
            "location": "us-central1",
            "metadata": {"annotations": {"run.googleapis.com/ingress": "internal"}},
            "template": {
                "metadata": {"annotations": annotations},
                "spec": {"containers": [{"resources": {"limits": {"memory": "512Mi"}}}]},
            },
        }

    idle = service(**{"autoscaling.knative.dev/minScale": "1"})
    always = service(
        **{"autoscaling.knative.dev/minScale": "1", "run.googleapis.com/cpu-throttling": "false"}
    )
    assert dollars(one(RUN_V1, service())) == same("0.00")
    assert dollars(one(RUN_V1, idle)) == dollars(one(RUN, run(least=1))) == same("9.86")
    assert dollars(one(RUN_V1, always)) == same("49.93")


@pytest.mark.parametrize(
    ("inputs", "thousands"),
    [
        # 2,628,000 s / 300 s * 6 locations
        ({}, "52.56"),
        ({"period": "60s"}, "262.8"),
        ({"period": "900s", "selectedRegions": ["USA"]}, "8.76"),
        ({"period": "60s", "selectedRegions": ["USA", "EUROPE"]}, "175.2"),
    ],
)
def test_an_uptime_check_is_executed_from_each_location(
    inputs: dict[str, Any], thousands: str
) -> None:
    (component,) = one(UPTIME, inputs).components

    assert component.quantity == Amounts.of(thousands)


def test_a_million_executions_of_a_project_are_free() -> None:
    checks = [case.resource(UPTIME, f"check-{number}", period="60s") for number in range(4)]

    # 4 * 262,800 - 1,000,000 = 51,200 executions * 0.0003
    assert cost_of(*checks[:3]).monthly.is_zero
    assert cost_of(*checks, free_tier_used_elsewhere=1).monthly == Amounts.of("15.36")


def test_a_container_registry_stores_what_a_bucket_does() -> None:
    found = one("gcp:container/registry:Registry", {"location": "US"}, bucket_gib=100)

    assert dollars(found) == same("2.60")
    assert found.unpriced == ()


def test_a_group_runs_its_templates_machines() -> None:
    cost = cost_of(
        case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate",
            "template",
            machineType="e2-small",
            disks=[
                {"diskSizeGb": 20, "diskType": "pd-ssd"},
                {"source": "shared"},
                {"type": "SCRATCH"},
            ],
        ),
        case.resource(
            "gcp:compute/instanceGroupManager:InstanceGroupManager",
            zone="us-central1-a",
            targetSize=3,
            versions=[{"instanceTemplate": case.output_of("template")}],
        ),
    )

    # three times 12.2306 + 20 GiB * 0.17 + 375 GiB * 0.08
    assert [dollars(item) for item in cost.estimates] == [same("136.89")]


def test_an_autoscaler_says_how_large_a_group_may_become() -> None:
    cost = cost_of(
        case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate", "template", machineType="e2-small"
        ),
        case.resource(
            "gcp:compute/instanceGroupManager:InstanceGroupManager",
            "group",
            zone="us-central1-a",
            versions=[{"instanceTemplate": case.output_of("template")}],
        ),
        case.resource(
            "gcp:compute/autoscaler:Autoscaler",
            target=case.output_of("group"),
            autoscalingPolicy={"minReplicas": 1, "maxReplicas": 4},
        ),
    )

    assert dollars(cost.estimates[0]) == ("12.23", "12.23", "48.92")


def test_snapshots_are_sized_by_their_disk() -> None:
    cost = cost_of(
        case.resource(DISK, "data", size=100, zone="us-central1-a"),
        case.resource(
            "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
            disk=case.output_of("data"),
            zone="us-central1-a",
        ),
        snapshot_share="0.5",
    )

    # 100 GiB * 0.04, and half of it * 0.05
    assert [dollars(item) for item in cost.estimates] == [same("4.00"), same("2.50")]


def test_a_secrets_versions_are_billed_by_location() -> None:
    replicas = [{"location": "us-central1"}, {"location": "us-east1"}]
    cost = cost_of(
        case.resource(
            "gcp:secretmanager/secret:Secret",
            "key",
            replication={"userManaged": {"replicas": replicas}},
        ),
        case.resource(
            "gcp:secretmanager/secretVersion:SecretVersion", secret=case.output_of("key")
        ),
        case.resource("gcp:secretmanager/secretVersion:SecretVersion", "off", enabled=False),
        free_tier_used_elsewhere=1,
    )

    assert dollars(cost.estimates[-1]) == same("0.12")


def test_a_pool_of_nodes_is_where_its_cluster_is() -> None:
    cost = cost_of(
        case.resource(
            "gcp:container/cluster:Cluster",
            "k",
            location="europe-west1-b",
            removeDefaultNodePool=True,
        ),
        case.resource(
            NODES, cluster=case.output_of("k"), nodeCount=1, _provider={"region": "us-central1"}
        ),
    )

    # 730 h * (1 * 0.02399393 + 4 * 0.00321602), and 100 GiB * 0.10
    assert dollars(cost.estimates[-1]) == same("36.91")
    assert {item.region for item in cost.estimates[-1].components} == {"europe-west1"}


@pytest.mark.parametrize(
    "of_the_pool",
    [{}, {"location": case.output_of("k")}, {"cluster": "k", "location": case.output_of("k")}],
)
@pytest.mark.parametrize(
    ("of_the_cluster", "provider", "expected"),
    [
        # What says nothing is in the provider's zone, and not in all of its region's.
        ({}, {"region": "europe-west1", "zone": "europe-west1-b"}, "36.91"),
        ({}, {"zone": "europe-west1-b"}, "36.91"),
        ({}, {"region": "europe-west1"}, "110.72"),
        ({"location": "europe-west1-b"}, {"region": "us-central1"}, "36.91"),
        ({"location": "europe-west1"}, {"zone": "us-central1-a"}, "110.72"),
    ],
)
def test_a_cluster_and_its_pool_are_in_one_place(
    of_the_pool: dict[str, Any],
    of_the_cluster: dict[str, Any],
    provider: dict[str, str],
    expected: str,
) -> None:
    cluster = case.resource(
        CLUSTER, "k", removeDefaultNodePool=True, _provider=provider, **of_the_cluster
    )
    pool = {"cluster": case.output_of("k"), "nodeCount": 1, **of_the_pool}
    cost = cost_of(cluster, case.resource(NODES, _provider=provider, **pool))

    assert dollars(cost.estimates[-1]) == same(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (case.resource("gcp:compute/subnetwork:Subnetwork", "s", region="europe-west1"), ()),
        # Nobody knows what random gives.
        (case.resource("random:index/randomShuffle:RandomShuffle", "s"), ("region",)),
    ],
)
def test_what_is_where_another_resource_is_has_its_prices(
    source: CaseResource, expected: tuple[str, ...]
) -> None:
    address = case.resource("gcp:compute/address:Address", region=case.output_of("s"))
    found = cost_of(source, address).estimates[-1]

    assert [item.region for item in found.components] == ([] if expected else ["europe-west1"])
    assert [reason.partition(" ")[0] for reason in found.unpriced] == list(expected)


def test_autoscaled_nodes_are_a_range() -> None:
    scaled = {"minNodeCount": 1, "maxNodeCount": 4}
    pool = {"location": "us-central1-a", "initialNodeCount": 2, "autoscaling": scaled}

    # 34.4592 a node
    assert dollars(one(NODES, pool)) == ("34.46", "68.92", "137.84")


def test_a_tables_price_is_that_of_its_datasets_place() -> None:
    cost = cost_of(
        case.resource("gcp:bigquery/dataset:Dataset", "data", location="us-central1"),
        case.resource("gcp:bigquery/table:Table", datasetId=case.output_of("data")),
        table_gib=100,
        free_tier_used_elsewhere=1,
    )

    assert dollars(cost.estimates[-1]) == same("2.30")


def test_every_estimator_is_about_a_type_of_the_provider() -> None:
    known = set(tokens())

    assert set(all_estimators()) <= known
    assert not [token for token in all_estimators() if is_free(token)]


PRICED_BY_INFRACOST = {
    "artifactregistry": "repository:Repository",
    "bigquery": "dataset:Dataset table:Table",
    "cloudrun": "service:Service",
    "cloudrunv2": "job:Job service:Service",
    "cloudfunctions": "function:Function",
    "compute": """
        address:Address disk:Disk externalVpnGateway:ExternalVpnGateway
        forwardingRule:ForwardingRule globalAddress:GlobalAddress
        globalForwardingRule:GlobalForwardingRule haVpnGateway:HaVpnGateway image:Image
        instance:Instance instanceGroupManager:InstanceGroupManager
        machineImage:MachineImage perInstanceConfig:PerInstanceConfig
        regionInstanceGroupManager:RegionInstanceGroupManager
        regionPerInstanceConfig:RegionPerInstanceConfig
        regionTargetHttpProxy:RegionTargetHttpProxy
        regionTargetHttpsProxy:RegionTargetHttpsProxy routerNat:RouterNat snapshot:Snapshot
        targetGrpcProxy:TargetGrpcProxy targetHttpProxy:TargetHttpProxy
        targetHttpsProxy:TargetHttpsProxy targetSSLProxy:TargetSSLProxy
        targetTCPProxy:TargetTCPProxy vPNGateway:VPNGateway vPNTunnel:VPNTunnel
    """,
    "container": "cluster:Cluster nodePool:NodePool registry:Registry",
    "dns": "managedZone:ManagedZone recordSet:RecordSet",
    "kms": "cryptoKey:CryptoKey",
    "logging": """
        billingAccountBucketConfig:BillingAccountBucketConfig
        billingAccountSink:BillingAccountSink folderBucketConfig:FolderBucketConfig
        folderSink:FolderSink organizationBucketConfig:OrganizationBucketConfig
        organizationSink:OrganizationSink projectBucketConfig:ProjectBucketConfig
        projectSink:ProjectSink
    """,
    "monitoring": "metricDescriptor:MetricDescriptor",
    "pubsub": "subscription:Subscription topic:Topic",
    "redis": "cluster:Cluster instance:Instance",
    "secretmanager": "secret:Secret secretVersion:SecretVersion",
    "servicenetworking": "connection:Connection",
    "sql": "databaseInstance:DatabaseInstance",
    "storage": "bucket:Bucket",
}
"""By module (Infracost's repository of 2026-11)."""


@pytest.mark.parametrize(
    "token",
    [
        f"gcp:{module}/{name}"
        for module, names in PRICED_BY_INFRACOST.items()
        for name in names.split()
    ],
)
def test_what_infracost_prices_is_priced_or_free(token: str) -> None:
    assert type_schema(token) is not None
    assert token in all_estimators() or is_free(token)


@pytest.mark.parametrize("token", sorted(all_estimators()))
def test_any_unknown_input_is_no_error(token: str) -> None:
    schema = type_schema(token)
    assert schema is not None
    for path in schema.fields:
        found = one(token, {path: UNKNOWN})
        assert found.components or found.unpriced or found.status is Status.FREE


def test_every_type_that_is_priced_says_which_prices_it_asks_for() -> None:
    keys = [key for file in packaged_prices().files.values() for key in file.prices]
    for token, estimator in all_estimators().items():
        assert any(estimator.uses(key) for key in keys), token


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("kubernetes:apps/v1:Deployment", True),
        ("kubernetes:core/v1:ConfigMapList", True),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", True),
        ("kubernetes:extensions/v1beta1:DaemonSet", True),
        ("kubernetes:core/v1:Service", False),
        ("kubernetes:core/v1:ServicePatch", False),
        ("kubernetes:networking.k8s.io/v1:Ingress", False),
        ("kubernetes:core/v1:PersistentVolumeClaimList", False),
        ("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot", False),
        ("kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance", False),
        ("kubernetes:helm.sh/v3:Release", False),
        ("kubernetes:yaml/v2:ConfigGroup", False),
        ("random:index/randomId:RandomId", True),
        ("aws:s3/bucket:Bucket", False),
    ],
)
def test_what_runs_in_a_cluster_is_paid_for_with_its_nodes(token: str, *, expected: bool) -> None:
    assert is_free(token) is expected
