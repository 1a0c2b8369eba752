"""What holds for every estimate: larger costs no less, sums are exact, use never saves money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.cost import Amounts, Usage
from apex_guardrails.cost.machines import billed_hours
from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.cost.stacks import IDLE, cost_of, one

QUICK = settings(max_examples=60, deadline=None)
SIZES = st.integers(1, 60_000)
FIGURES = st.decimals(0, 10**6, places=3, allow_nan=False, allow_infinity=False)


def ordered(figures: list[Decimal]) -> dict[str, Decimal]:
    low, expected, high = sorted(figures)
    return {"low": low, "expected": expected, "high": high}


RESOURCES = st.one_of(
    st.builds(
        lambda gib, kind: (
            "gcp:compute/disk:Disk",
            {"size": gib, "type": kind, "zone": "us-central1-a"},
        ),
        SIZES,
        st.sampled_from(["pd-standard", "pd-balanced", "pd-ssd"]),
    ),
    st.builds(
        lambda gib, tier: (
            "gcp:redis/instance:Instance",
            {"memorySizeGb": gib, "tier": tier, "region": "us-central1"},
        ),
        st.integers(1, 300),
        st.sampled_from(["BASIC", "STANDARD_HA"]),
    ),
    st.builds(
        lambda count, cpu: (
            "gcp:cloudrunv2/workerPool:WorkerPool",
            {
                "location": "us-central1",
                "scaling": {"manualInstanceCount": count},
                "template": {"containers": [{"resources": {"limits": {"cpu": str(cpu)}}}]},
            },
        ),
        st.integers(0, 50),
        st.integers(1, 8),
    ),
    st.builds(
        lambda vcpus: (
            "gcp:compute/instance:Instance",
            {
                "machineType": f"e2-standard-{vcpus}",
                "zone": "us-central1-a",
                "bootDisk": {"initializeParams": {"size": vcpus * 10}},
            },
        ),
        st.sampled_from([2, 4, 8, 16, 32]),
    ),
)
"""Resources whose price depends on nothing but themselves."""


def made(resources: list[tuple[str, dict[str, Any]]]) -> list[CaseResource]:
    return [
        case.resource(token, f"r-{number}", **inputs)
        for number, (token, inputs) in enumerate(resources)
    ]


@QUICK
@given(st.lists(RESOURCES, max_size=6), st.lists(RESOURCES, max_size=6))
def test_two_stacks_together_cost_the_sum_of_both(
    left: list[tuple[str, dict[str, Any]]], right: list[tuple[str, dict[str, Any]]]
) -> None:
    both = cost_of(*made(left + right)).monthly

    assert both == cost_of(*made(left)).monthly + cost_of(*made(right)).monthly


@QUICK
@given(st.lists(RESOURCES, min_size=1, max_size=8))
def test_the_total_is_exactly_the_sum_of_quantities_times_prices(
    resources: list[tuple[str, dict[str, Any]]],
) -> None:
    cost = cost_of(*made(resources))
    by_hand = sum(
        (
            component.quantity.expected * component.price.usd
            for item in cost.estimates
            for component in item.components
        ),
        Decimal(0),
    )

    assert cost.monthly == Amounts.of(by_hand)


@QUICK
@given(SIZES, SIZES, st.sampled_from(["PD_SSD", "PD_HDD"]), st.sampled_from(["ZONAL", "REGIONAL"]))
def test_a_larger_disk_costs_no_less(one_size: int, other: int, disk: str, zones: str) -> None:
    def cost(gib: int) -> Decimal:
        settings: dict[str, Any] = {"tier": "db-f1-micro", "edition": "ENTERPRISE"}
        settings |= {"diskSize": gib, "diskType": disk, "availabilityType": zones}
        found = one("gcp:sql/databaseInstance:DatabaseInstance", {"settings": settings})
        assert not found.unpriced
        return found.monthly.expected

    small, large = sorted((one_size, other))
    assert cost(small) <= cost(large)


@QUICK
@given(st.integers(1, 96), st.integers(1, 96), st.integers(1, 600), st.integers(1, 600))
def test_a_larger_database_costs_no_less_and_a_standby_twice_as_much(
    vcpus: int, other_vcpus: int, gib: int, other_gib: int
) -> None:
    def cost(tier: str, zones: str = "ZONAL") -> Decimal:
        settings: dict[str, Any] = {"tier": tier, "edition": "ENTERPRISE"}
        settings |= {"diskSize": 10, "availabilityType": zones}
        return one(
            "gcp:sql/databaseInstance:DatabaseInstance", {"settings": settings}
        ).monthly.expected

    small = f"db-custom-{min(vcpus, other_vcpus)}-{min(gib, other_gib) * 1024}"
    large = f"db-custom-{max(vcpus, other_vcpus)}-{max(gib, other_gib) * 1024}"
    assert cost(small) <= cost(large)
    assert cost(large, "REGIONAL") == 2 * cost(large)


@QUICK
@given(st.integers(1, 100), st.integers(1, 100), st.sampled_from(["e2", "n1", "n2"]))
def test_a_larger_machine_costs_no_less(one_size: int, other: int, family: str) -> None:
    def cost(vcpus: int) -> Decimal:
        inputs = {
            "machineType": f"{family}-standard-{vcpus}",
            "zone": "us-central1-a",
            "bootDisk": {"source": "disk"},
        }
        return one("gcp:compute/instance:Instance", inputs).monthly.expected

    small, large = sorted((one_size, other))
    assert cost(small) <= cost(large)


def node_pool(nodes: int) -> dict[str, Any]:
    return {"location": "us-central1-a", "nodeCount": nodes}


def containers(cpu: int, gib: int) -> dict[str, Any]:
    limits = {"cpu": str(cpu), "memory": f"{gib}Gi"}
    return {"containers": [{"resources": {"limits": limits}}]}


GROWING: Mapping[str, Callable[[int], tuple[str, dict[str, Any]]]] = {
    "pd-standard": lambda size: ("gcp:compute/disk:Disk", {"size": size}),
    "pd-balanced, regional": lambda size: (
        "gcp:compute/regionDisk:RegionDisk",
        {"size": size, "type": "pd-balanced"},
    ),
    "pd-extreme, IOPS": lambda size: (
        "gcp:compute/disk:Disk",
        {"size": 500, "type": "pd-extreme", "provisionedIops": size},
    ),
    "boot disk": lambda size: (
        "gcp:compute/instance:Instance",
        {
            "machineType": "e2-micro",
            "zone": "us-central1-a",
            "bootDisk": {"initializeParams": {"size": size}},
        },
    ),
    "custom vCPUs": lambda size: (
        "gcp:compute/instance:Instance",
        {
            "machineType": f"n2-custom-{size}-8192",
            "zone": "us-central1-a",
            "bootDisk": {"source": "disk"},
        },
    ),
    "custom memory": lambda size: (
        "gcp:compute/instance:Instance",
        {
            "machineType": f"custom-4-{size * 256}-ext",
            "zone": "us-central1-a",
            "bootDisk": {"source": "disk"},
        },
    ),
    "nodes of a pool": lambda size: ("gcp:container/nodePool:NodePool", node_pool(size)),
    "shards of a cluster": lambda size: ("gcp:redis/cluster:Cluster", {"shardCount": size}),
    "replicas of a cluster": lambda size: (
        "gcp:redis/cluster:Cluster",
        {"shardCount": 3, "replicaCount": size},
    ),
    "machines of a connector": lambda size: (
        "gcp:vpcaccess/connector:Connector",
        {"minInstances": size, "maxInstances": 100},
    ),
    "vCPUs of a worker pool": lambda size: (
        "gcp:cloudrunv2/workerPool:WorkerPool",
        {"location": "us-central1", "template": containers(size, 1)},
    ),
    "memory of a job": lambda size: (
        "gcp:cloudrunv2/job:Job",
        {"location": "us-central1", "template": {"template": containers(1, size)}},
    ),
    "minimum instances": lambda size: (
        "gcp:cloudrunv2/service:Service",
        {
            "location": "us-central1",
            "scaling": {"minInstanceCount": size},
            "template": containers(1, 1),
        },
    ),
    "addresses of a gateway": lambda size: (
        "gcp:compute/routerNat:RouterNat",
        {"natIps": ["a"] * size},
    ),
    "rules of Cloud Armor": lambda size: (
        "gcp:compute/securityPolicy:SecurityPolicy",
        {"rules": [{}] * size},
    ),
    "retention of logs": lambda size: (
        "gcp:logging/projectBucketConfig:ProjectBucketConfig",
        {"retentionDays": size},
    ),
    "GiB of an image": lambda size: ("gcp:compute/image:Image", {"diskSizeGb": size}),
}
"""A resource by a size of it."""

IN_USE = {"log_gib": 5, "job_hours": 2, "requests": 1000, "request_seconds": 1}


@pytest.mark.parametrize("what", GROWING)
@settings(max_examples=25, deadline=None)
@given(one_size=st.integers(1, 90), other=st.integers(1, 90))
def test_a_larger_one_of_every_type_costs_no_less(what: str, one_size: int, other: int) -> None:
    def cost(size: int) -> Decimal:
        token, inputs = GROWING[what](size)
        found = one(token, inputs, **IN_USE)
        assert found.components
        assert not found.unpriced
        return found.monthly.expected

    small, large = sorted((one_size, other))
    assert cost(small) <= cost(large)
    assert cost(90) > cost(1)


@QUICK
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from(["BASIC", "STANDARD_HA"]))
def test_more_memory_of_a_band_costs_more_and_a_larger_band_less_by_the_gib(
    one_size: int, other: int, tier: str
) -> None:
    small, large = sorted((one_size, other))
    parts = [
        one("gcp:redis/instance:Instance", {"memorySizeGb": gib, "tier": tier}).components[0]
        for gib in (small, large)
    ]
    few, many = (part.monthly.expected for part in parts)

    if parts[0].key == parts[1].key:
        assert few * large == many * small
    else:
        assert few * large > many * small


@QUICK
@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_amounts_are_never_rounded(gib: int, thousandths: int) -> None:
    assumed = Decimal(thousandths) / 1000
    cost = cost_of(
        case.resource("gcp:compute/disk:Disk", "disk", size=gib, zone="us-central1-a"),
        case.resource("gcp:compute/snapshot:Snapshot", "snapshot", region="us-central1"),
        snapshot_gib=assumed,
    )

    assert cost.monthly == Amounts.of(gib * Decimal("0.04") + assumed * Decimal("0.05"))


@QUICK
@given(
    st.lists(FIGURES, min_size=3, max_size=3),
    st.lists(st.decimals(0, 900, places=2), min_size=3, max_size=3),
    st.integers(0, 3),
    st.booleans(),
)
def test_a_services_figures_never_fall(
    requests: list[Decimal],
    seconds: list[Decimal],
    least: int,
    cpu_idle: bool,
) -> None:
    service = case.resource(
        "gcp:cloudrunv2/service:Service",
        location="us-central1",
        template={
            "containers": [{"resources": {"cpuIdle": cpu_idle}}],
            "scaling": {"minInstanceCount": least, "maxInstanceCount": 5},
        },
    )
    usage = Usage.model_validate(
        {**IDLE.given(), "requests": ordered(requests), "request_seconds": ordered(seconds)}
    )
    monthly = cost_of(service, usage=usage, free_tier_used_elsewhere=1).monthly

    assert monthly.low <= monthly.expected <= monthly.high
    with_free_tier = cost_of(service, usage=usage).monthly
    assert with_free_tier.high <= monthly.high


QUANTITIES = sorted(
    name
    for name in IDLE.given()
    if name != "free_tier_used_elsewhere" and not name.endswith("_share")
)
"""Figures of use that are no shares, which end at 1."""


@QUICK
@given(st.decimals(0, 730, places=2), st.decimals(0, 730, places=2))
def test_sustained_use_never_makes_more_hours_cheaper(hours: Decimal, more: Decimal) -> None:
    few, many = sorted((hours, more))

    for family in ("e2", "n1", "n2"):
        assert billed_hours(few, family) <= billed_hours(many, family) <= many


@QUICK
@given(FIGURES, FIGURES, st.sampled_from(QUANTITIES))
def test_more_use_of_a_network_costs_no_less(one_use: Decimal, other: Decimal, name: str) -> None:
    gateway = case.resource(
        "gcp:compute/routerNat:RouterNat", region="us-central1", logConfig={"enable": True}
    )
    small, large = sorted((one_use, other))

    few, many = (
        cost_of(gateway, usage=Usage.model_validate({**IDLE.given(), name: figure})).monthly
        for figure in (small, large)
    )
    assert few.expected <= many.expected
