"""How many machines groups and pools have, and what clusters pay for being managed."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.cost.stacks import cost_of, dollars, one, same

GROUP = "gcp:compute/instanceGroupManager:InstanceGroupManager"
REGION_GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
CONFIG = "gcp:compute/perInstanceConfig:PerInstanceConfig"
REGION_CONFIG = "gcp:compute/regionPerInstanceConfig:RegionPerInstanceConfig"
SCALER = "gcp:compute/autoscaler:Autoscaler"
CLUSTER = "gcp:container/cluster:Cluster"
NODES = "gcp:container/nodePool:NodePool"

TEMPLATE = case.resource(
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "node",
    machineType="e2-standard-2",
    disks=[{"boot": True, "diskSizeGb": 20, "diskType": "pd-balanced"}],
)
MACHINE = 48.92
"""730 h * (2 * 0.02181159 + 8 * 0.00292353)"""


def group(token: str = GROUP, **inputs: Any) -> CaseResource:
    place: dict[str, Any] = (
        {"zone": "us-central1-a"} if token == GROUP else {"region": "us-central1"}
    )
    versions = [{"instanceTemplate": case.output_of("node")}]
    return case.resource(token, "g", versions=versions, **place, **inputs)


def of_the_group(*others: CaseResource, **inputs: Any) -> tuple[str, str, str]:
    cost = cost_of(TEMPLATE, group(**inputs), *others)
    return dollars(next(item for item in cost.estimates if item.name == "g"))


def configs(count: int, token: str = CONFIG) -> list[CaseResource]:
    manager = "instanceGroupManager" if token == CONFIG else "regionInstanceGroupManager"
    made: dict[str, Any] = {manager: case.output_of("g")}
    return [case.resource(token, f"m-{n}", name=f"m-{n}", **made) for n in range(count)]


@pytest.mark.parametrize(("token", "config"), [(GROUP, CONFIG), (REGION_GROUP, REGION_CONFIG)])
def test_each_config_of_a_stateful_group_makes_a_machine(token: str, config: str) -> None:
    cost = cost_of(TEMPLATE, group(token), *configs(3, config))

    # 3 * (48.9173 + 20 GiB * 0.1)
    assert [(item.name, dollars(item)) for item in cost.estimates] == [("g", same("152.76"))]


def test_configs_may_be_of_machines_that_the_size_counts() -> None:
    # 3 of them at least; 5 where no name is the same
    assert of_the_group(*configs(2), targetSize=3) == ("152.76", "152.76", "254.59")


def test_a_config_of_a_group_that_is_not_known_is_unpriced() -> None:
    found = one(CONFIG, {"instanceGroupManager": "elsewhere", "zone": "us-central1-a"})

    assert found.unpriced == ("it makes a machine of a group that is not known here",)


@pytest.mark.parametrize(
    ("size", "mode", "expected"),
    [
        ({}, "ON", ("101.84", "101.84", "254.59")),
        ({"targetSize": 4}, "ON", ("101.84", "203.67", "254.59")),
        ({"targetSize": 9}, "ON", ("101.84", "254.59", "254.59")),
        ({"targetSize": 1}, "ON", ("101.84", "101.84", "254.59")),
        ({"targetSize": 1}, "OFF", same("50.92")),
    ],
)
def test_a_scaled_group_starts_with_its_size_or_the_fewest(
    size: dict[str, int], mode: str, expected: tuple[str, str, str]
) -> None:
    policy = {"minReplicas": 2, "maxReplicas": 5, "mode": mode}
    scaler = case.resource(SCALER, target=case.output_of("g"), autoscalingPolicy=policy)

    assert of_the_group(scaler, **size) == expected


def test_machines_that_are_kept_stopped_pay_for_their_disks() -> None:
    # 50.9173 + 3 * 20 GiB * 0.1
    kept = {"targetStoppedSize": 2, "targetSuspendedSize": 1}
    assert of_the_group(targetSize=1, **kept) == same("56.92")


@pytest.mark.parametrize(
    ("inputs", "nodes"),
    [
        ({"autoscaling": {"minNodeCount": 1, "maxNodeCount": 4}}, (1, 1, 4)),
        ({"autoscaling": {"minNodeCount": 1, "maxNodeCount": 4}, "initialNodeCount": 2}, (1, 2, 4)),
        ({"autoscaling": {"totalMinNodeCount": 3, "totalMaxNodeCount": 6}}, (3, 3, 6)),
        (
            {
                "location": "us-central1",
                "initialNodeCount": 1,
                "autoscaling": {"totalMinNodeCount": 2, "totalMaxNodeCount": 6},
            },
            (2, 3, 6),
        ),
        ({"location": "us-central1", "nodeCount": 2}, (6, 6, 6)),
        ({"nodeLocations": ["us-central1-a", "us-central1-b"], "nodeCount": 2}, (4, 4, 4)),
    ],
)
def test_a_pool_starts_with_its_size_or_the_fewest(
    inputs: dict[str, Any], nodes: tuple[int, int, int]
) -> None:
    machine = {"machineType": "e2-standard-2", "diskSizeGb": 20, "diskType": "pd-balanced"}
    found = one(NODES, {"location": "us-central1-a", "nodeConfig": machine, **inputs})

    each = [round(float(figure) / 50.9173) for figure in vars_of(found.monthly)]
    assert tuple(each) == nodes


def vars_of(amounts: Any) -> tuple[Any, Any, Any]:
    return amounts.low, amounts.expected, amounts.high


SPOT_SSD = 375 * 0.0428
C4_SSD = 375 * 0.16
C4_SPOT_SSD = 375 * 0.096


@pytest.mark.parametrize(
    ("machine", "spot", "each"),
    [
        ("n2-standard-4", False, 375 * 0.08),
        ("n2-standard-4", True, SPOT_SSD),
        ("c4-standard-4-lssd", False, 0),
        ("c4d-standard-8", False, C4_SSD),
        ("c4-standard-4", True, C4_SPOT_SSD),
    ],
)
def test_local_ssds_of_groups_and_pools_cost_what_their_family_and_spot_say(
    machine: str, spot: bool, each: float
) -> None:
    def of_a_group(*ssds: dict[str, Any]) -> float:
        disks = [{"boot": True, "diskSizeGb": 20}, *ssds]
        template = case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate",
            "node",
            machineType=machine,
            disks=disks,
            scheduling={"provisioningModel": "SPOT" if spot else "STANDARD"},
        )
        return float(cost_of(template, group(targetSize=3)).monthly.expected)

    def of_a_pool(**given: Any) -> float:
        config = {"machineType": machine, "spot": spot, **given}
        place: dict[str, Any] = {"location": "us-central1-a", "nodeCount": 3}
        return float(one(NODES, {**place, "nodeConfig": config}).monthly.expected)

    assert of_a_group({"type": "SCRATCH"}) - of_a_group() == pytest.approx(3 * each)
    assert of_a_pool(localSsdCount=1) - of_a_pool() == pytest.approx(3 * each)
    for name in (
        "ephemeralStorageConfig",
        "ephemeralStorageLocalSsdConfig",
        "localNvmeSsdBlockConfig",
    ):
        given = of_a_pool(**{name: {"localSsdCount": 1}})
        assert given - of_a_pool() == pytest.approx(3 * each)


def test_a_node_s_boot_disk_is_what_its_own_inputs_say() -> None:
    def of_a_pool(**config: Any) -> tuple[tuple[str, str, str], tuple[str, ...]]:
        found = one(NODES, {"location": "us-central1-a", "nodeCount": 1, "nodeConfig": config})
        return dollars(found), found.unpriced

    older = of_a_pool(diskType="pd-ssd", diskSizeGb=50)
    assert of_a_pool(bootDisk={"diskType": "pd-ssd", "sizeGb": 50}, diskSizeGb=20) == older
    assert of_a_pool(bootDisk={"diskType": "pd-ssd"}, diskSizeGb=50) == older

    total, unpriced = of_a_pool(secondaryBootDisks=[{"diskImage": "projects/p/global/images/data"}])
    assert total == of_a_pool()[0]
    assert unpriced == ("the size of a secondary boot disk is its image's, which is not known",)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"location": "us-central1"}, same("73.00")),
        ({"location": "us-central1-a"}, ("0.00", "0.00", "73.00")),
    ],
)
def test_a_zonal_clusters_management_is_credited(
    inputs: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    used = {"low": 0, "expected": 0, "high": 1}
    found = one(CLUSTER, {**inputs, "removeDefaultNodePool": True}, free_tier_used_elsewhere=used)

    assert dollars(found) == expected


def test_the_credit_is_there_for_one_cluster() -> None:
    clusters = [
        case.resource(CLUSTER, name, location="us-central1-a", removeDefaultNodePool=True)
        for name in ("a", "b")
    ]
    # 1,460 h, of which 744 are free
    assert float(cost_of(*clusters).monthly.expected) == 71.6


def test_what_pods_of_autopilot_ask_for_may_be_said() -> None:
    usage = {"autopilot_vcpus": 2, "autopilot_memory_gib": 8, "autopilot_storage_gib": 10}
    found = one(CLUSTER, {"location": "us-central1", "enableAutopilot": True}, **usage)

    # 73 + 730 h * (2 * 0.0445 + 8 * 0.0049225 + 10 * 0.0000548)
    assert found.unpriced == ()
    assert dollars(found) == same("167.12")
