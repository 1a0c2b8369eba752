"""What costs by its use: storage, messages, keys, traffic, logs; computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import UNKNOWN, case
from tests.policies.cost.stacks import cost_of, dollars, one, same

BUCKET = "gcp:storage/bucket:Bucket"
TOPIC = "gcp:pubsub/topic:Topic"
SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
KEY = "gcp:kms/cryptoKey:CryptoKey"
REDIS = "gcp:redis/cluster:Cluster"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
FUNCTION = "gcp:cloudfunctions/function:Function"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
FIREWALL_RULE = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
TUNNEL = "gcp:compute/vPNTunnel:VPNTunnel"
HA_GATEWAY = "gcp:compute/haVpnGateway:HaVpnGateway"
EXTERNAL_GATEWAY = "gcp:compute/externalVpnGateway:ExternalVpnGateway"


@pytest.mark.parametrize(
    ("token", "inputs", "figures", "expected"),
    [
        # 10,000 operations of each class: a region, a multi-region, and colder classes
        (BUCKET, {"location": "us-central1"}, {}, "0.05"),
        (BUCKET, {"location": "US"}, {}, "0.10"),
        (BUCKET, {"location": "us-central1", "storageClass": "COLDLINE"}, {}, "0.15"),
        (BUCKET, {"location": "US", "storageClass": "NEARLINE"}, {}, "0.21"),
        # 10 GiB read * 0.02
        (
            BUCKET,
            {"location": "US", "storageClass": "COLDLINE"},
            {"bucket_reads": 0, "bucket_writes": 0, "retrieved_gib": 10},
            "0.20",
        ),
        # 100 GiB * (0.02 + 0.12 + 0.23 + 0.19) + 100 GiB * 0.08 to other continents
        (
            BUCKET,
            {"location": "us-central1"},
            {
                "bucket_reads": 0,
                "bucket_writes": 0,
                "region_gib": 100,
                "continent_gib": 100,
                "egress_gib": 100,
                "china_gib": 100,
                "australia_gib": 100,
            },
            "64.00",
        ),
    ],
)
def test_what_a_buckets_use_costs(
    token: str, inputs: dict[str, Any], figures: dict[str, Any], expected: str
) -> None:
    usage = {"bucket_reads": 10_000, "bucket_writes": 10_000, **figures}
    found = one(token, inputs, **usage)

    assert found.unpriced == ()
    assert dollars(found) == same(expected)


@pytest.mark.parametrize(
    ("places", "region"),
    [
        (["US-CENTRAL1", "US-EAST1"], "nam4"),
        (["europe-west4", "EUROPE-NORTH1"], "eur4"),
        (["asia-northeast1", "asia-northeast2"], "asia1"),
    ],
)
def test_a_bucket_placed_in_two_regions_has_a_dual_regions_price(
    places: list[str], region: str
) -> None:
    placed = {"location": "US", "customPlacementConfig": {"dataLocations": places}}
    found = one(BUCKET, placed, bucket_gib=10)

    # Never that of the multi-region that `location` names.
    prices = {(item.region, item.key) for item in found.components}
    assert ("us", "gcs.gib_month") not in prices
    assert (region, "gcs.gib_month") in prices or f"gcs.gib_month in {region}" in str(
        found.unpriced
    )


def test_a_pair_of_regions_without_a_name_is_unpriced() -> None:
    places = {"dataLocations": ["us-west1", "us-east4"]}
    found = one(BUCKET, {"location": "US", "customPlacementConfig": places})

    assert found.unpriced == ("there is no price for the dual-region of us-east4 and us-west1",)
    unknown = one(BUCKET, {"location": "US", "customPlacementConfig": {"dataLocations": UNKNOWN}})
    assert unknown.unpriced == (
        "customPlacementConfig.dataLocations is not known before deployment",
    )


@pytest.mark.parametrize(
    ("token", "inputs", "figures", "expected"),
    [
        (SUBSCRIPTION, {}, {"message_tib": 1}, "40.00"),
        (SUBSCRIPTION, {"bigqueryConfig": {"table": "t"}}, {"message_tib": 1}, "50.00"),
        (SUBSCRIPTION, {"cloudStorageConfig": {"bucket": "b"}}, {"message_tib": 1}, "50.00"),
        # 40 + 1,024 GiB * 7 days of 30 * 0.27
        (SUBSCRIPTION, {"retainAckedMessages": True}, {"message_tib": 1}, "104.51"),
        # 40 + 1,024 GiB * a day of 30 * 0.27
        (TOPIC, {"messageRetentionDuration": "86400s"}, {"message_tib": 1}, "49.22"),
        # 10,000,000 calls of 240 ms, billed as 300: 4 + 0.25 GiB * 3,000,000 s * 0.0000025
        # + 3,000,000 s * 0.4 GHz * 0.00001 + 100 GiB * 0.12
        (
            FUNCTION,
            {},
            {"function_calls": 10_000_000, "request_seconds": "0.24", "egress_gib": 100},
            "29.88",
        ),
        # 3 nodes * 730 h * 0.1425, and files and backups
        (REDIS, {"replicaCount": 2}, {}, "312.08"),
        (REDIS, {"automatedBackupConfig": {"retention": "7"}}, {"backup_share": 1}, "104.55"),
        # 100 GiB * 0.12, and between regions of North America
        (EXTERNAL_GATEWAY, {}, {"vpn_gib": 100}, "12.00"),
        (HA_GATEWAY, {}, {"region_gib": 100}, "2.00"),
        (
            "gcp:servicenetworking/connection:Connection",
            {"region": "asia-east1"},
            {"region_gib": 100},
            "8.00",
        ),
        ("gcp:dns/recordSet:RecordSet", {}, {"dns_queries": 1_000_000}, "0.00"),
        (
            "gcp:dns/recordSet:RecordSet",
            {"routingPolicy": {"wrrs": [{}]}},
            {"dns_queries": 1_000_000},
            "0.70",
        ),
        # 250 MiB * 0.258, and 2,000,000 calls * 0.01 / 1,000
        (
            "gcp:logging/metric:Metric",
            {},
            {"own_metric_mib": 250, "metric_reads": 2_000_000},
            "84.50",
        ),
        (FIREWALL_RULE, {"match": {"srcIpRanges": ["10.0.0.0/8"]}}, {"firewall_gib": 100}, "0.00"),
        (FIREWALL_RULE, {"match": {"destFqdns": ["a.example"]}}, {"firewall_gib": 100}, "1.93"),
        (
            FIREWALL_RULE,
            {"action": "apply_security_profile_group", "enableLogging": True},
            {"firewall_gib": 100, "firewall_log_gib": 4},
            "2.93",
        ),
        ("gcp:compute/firewall:Firewall", {}, {"firewall_log_gib": 4}, "0.00"),
        ("gcp:compute/firewall:Firewall", {"logConfig": {}}, {"firewall_log_gib": 4}, "1.00"),
        ("gcp:projects/iAMAuditConfig:IAMAuditConfig", {}, {"audit_log_gib": 60}, "5.00"),
        # a notification in each month, of which three are free
        (
            "gcp:secretmanager/secret:Secret",
            {"rotation": {"rotationPeriod": "2628000s"}},
            {},
            "0.05",
        ),
        # 10 GiB * 0.1 + 100 images * 0.26
        (
            REPOSITORY,
            {
                "location": "us-central1",
                "format": "DOCKER",
                "vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"},
            },
            {"image_gib": 10, "scanned_images": 100},
            "27.00",
        ),
        (
            "gcp:bigquery/job:Job",
            {"location": "us-central1", "query": {}},
            {"query_tib": 2},
            "12.50",
        ),
    ],
)
def test_what_use_costs(
    token: str, inputs: dict[str, Any], figures: dict[str, Any], expected: str
) -> None:
    located = {"shardCount": 1, "nodeType": "REDIS_STANDARD_SMALL"} if token == REDIS else {}
    found = one(token, {**located, **inputs}, **figures)

    assert found.unpriced == ()
    assert dollars(found) == same(expected)


def test_the_files_of_a_redis_cluster_are_those_of_its_primaries_or_of_all_nodes() -> None:
    inputs = {
        "shardCount": 1,
        "replicaCount": 2,
        "nodeType": "REDIS_STANDARD_SMALL",
        "persistenceConfig": {"mode": "AOF"},
    }
    # 312.075 + 730 h * 0.000547945 * 6.5 GiB, of one node or of three
    assert dollars(one(REDIS, inputs)) == ("314.67", "319.87", "319.87")


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, same("0.06")),
        ({"versionTemplate": {"protectionLevel": "HSM"}}, same("1.00")),
        (
            {"versionTemplate": {"protectionLevel": "HSM", "algorithm": "EC_SIGN_P256_SHA256"}},
            same("2.50"),
        ),
        (
            {
                "versionTemplate": {
                    "protectionLevel": "HSM",
                    "algorithm": "RSA_SIGN_PSS_4096_SHA256",
                }
            },
            same("2.50"),
        ),
        (
            {
                "versionTemplate": {
                    "protectionLevel": "HSM",
                    "algorithm": "RSA_SIGN_PSS_2048_SHA256",
                }
            },
            same("1.00"),
        ),
        ({"versionTemplate": {"protectionLevel": "EXTERNAL_VPC"}}, same("3.00")),
        # rotated each 90 days: 1, 1 + 4 after a year, 1 + 12 after three
        ({"rotationPeriod": "7776000s"}, ("0.06", "0.30", "0.78")),
    ],
)
def test_what_the_versions_of_a_key_cost(
    inputs: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert dollars(one(KEY, inputs)) == expected


@pytest.mark.parametrize(
    ("token", "inputs", "reason"),
    [
        (KEY, {"rotationPeriod": "often"}, "rotationPeriod is not a number of seconds"),
        (SUBSCRIPTION, {"retainAckedMessages": True, "messageRetentionDuration": "1d"}, "seconds"),
        (
            "gcp:secretmanager/secret:Secret",
            {"rotation": {"rotationPeriod": "0s"}},
            "rotation.rotationPeriod is not a number of seconds",
        ),
    ],
)
def test_a_time_that_is_none_is_unpriced(token: str, inputs: dict[str, Any], reason: str) -> None:
    assert reason in one(token, inputs).unpriced[0]


def sql(tier: str, version: str = "MYSQL_8_0", **settings: Any) -> dict[str, Any]:
    settings = {"edition": "ENTERPRISE", "diskAutoresize": False, **settings}
    return {"databaseVersion": version, "settings": {"tier": tier, **settings}}


@pytest.mark.parametrize(
    ("inputs", "figures", "expected"),
    [
        # 730 h * (4 * 0.0413 + GiB * 0.007) + 10 GiB * 0.17
        (sql("db-standard-4"), {}, "198.95"),
        (sql("db-highmem-4"), {}, "255.16"),
        (sql("db-lightweight-4"), {}, "141.46"),
        # and four vCPUs' licence at least
        (sql("db-custom-2-7680", "SQLSERVER_2022_WEB"), {}, "133.44"),
        (sql("db-custom-2-7680", "SQLSERVER_2022_EXPRESS"), {}, "100.32"),
        # half of the month: 365 h * 0.0105, and an address of 365 h * 0.01 in the other half
        (sql("db-f1-micro"), {"database_hours": 365}, "9.18"),
        (
            sql("db-f1-micro", ipConfiguration={"ipv4Enabled": False}),
            {"database_hours": 365},
            "5.53",
        ),
    ],
)
def test_what_databases_cost(
    inputs: dict[str, Any], figures: dict[str, Any], expected: str
) -> None:
    found = one(SQL, inputs, **figures)

    assert found.unpriced == ()
    assert dollars(found) == same(expected)


def test_images_are_scanned_where_the_project_has_the_api() -> None:
    def repository(*others: Any, **inputs: Any) -> tuple[str, str, str]:
        made = case.resource(REPOSITORY, "r", location="us-central1", format="DOCKER", **inputs)
        return dollars(cost_of(made, *others, scanned_images=100).estimates[0])

    api = case.resource("gcp:projects/service:Service", service="containerscanning.googleapis.com")
    off = {"vulnerabilityScanningConfig": {"enablementConfig": "DISABLED"}}
    assert repository() == repository(api, **off) == same("0.00")
    assert repository(api) == same("26.00")


def test_where_a_repository_is_not_known_what_it_sends_goes_far() -> None:
    # 100 GiB * 0.08
    assert dollars(one(REPOSITORY, {"location": UNKNOWN}, region_gib=100)) == same("8.00")


def test_what_goes_to_a_gateway_of_the_stack_is_counted_there() -> None:
    def sent(**peer: Any) -> dict[str, tuple[str, str, str]]:
        cost = cost_of(
            case.resource(HA_GATEWAY, "ours", region="us-central1"),
            case.resource(EXTERNAL_GATEWAY, "theirs"),
            case.resource(
                TUNNEL, "t", region="us-central1", vpnGateway=case.output_of("ours"), **peer
            ),
            vpn_gib=100,
            region_gib=100,
            free_tier_used_elsewhere=1,
        )
        return {item.name: dollars(item) for item in cost.estimates if item.name != "t"}

    to_theirs = sent(peerExternalGateway=case.output_of("theirs"))
    assert to_theirs == {"theirs": same("12.00")}
    assert sent(peerIp="192.0.2.1")["ours"] == same("12.00")
    assert sent(peerGcpGateway="projects/p/gateway")["ours"] == same("2.00")


def test_a_query_is_counted_once() -> None:
    job = case.resource("gcp:bigquery/job:Job", "job", location="us-central1", query={"query": "q"})
    dataset = case.resource("gcp:bigquery/dataset:Dataset", "data", location="us-central1")
    cost = cost_of(job, dataset, query_tib=2, free_tier_used_elsewhere=1)

    assert [(item.name, dollars(item)) for item in cost.estimates] == [("data", same("12.50"))]


def test_a_key_version_costs_what_its_key_says() -> None:
    cost = cost_of(
        case.resource(KEY, "key", versionTemplate={"protectionLevel": "HSM"}),
        case.resource("gcp:kms/cryptoKeyVersion:CryptoKeyVersion", cryptoKey=case.output_of("key")),
    )

    assert [dollars(item) for item in cost.estimates] == [same("1.00"), same("1.00")]
