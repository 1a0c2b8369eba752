"""Machines of every family, in other regions, on spot and committed to; disks without a size."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apex_guardrails.cost.machine_sizes import parse_machine
from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_IMAGE, COMPUTE_INSTANCE
from apex_guardrails.model import case
from tests.policies.cost.stacks import cost_of, dollars, one, same

DISK = COMPUTE_DISK
SNAPSHOT = "gcp:compute/snapshot:Snapshot"
SPOT = {"provisioningModel": "SPOT"}


def vm(machine: str, zone: str = "us-central1-a", **inputs: Any) -> dict[str, Any]:
    return {"machineType": machine, "zone": zone, "bootDisk": {"source": "disk"}, **inputs}


@pytest.mark.parametrize(
    ("machine", "zone", "expected"),
    [
        # The source's price of the whole machine type, times 730 h.
        ("c2d-highcpu-2", "us-central1-a", "54.72"),
        ("c3-standard-4", "us-central1-a", "147.17"),
        ("c4-standard-2", "us-central1-a", "70.71"),
        ("c4d-highmem-384-metal", "us-central1-a", "17584.55"),
        ("n4-highmem-2", "europe-west4-a", "91.23"),
        ("e2-standard-2", "asia-east2-a", "68.45"),
        ("n2d-standard-4", "us-east4-b", "111.17"),
        ("m3-ultramem-32", "us-central1-a", "4446.58"),
        # with 375 GiB * 0.08, and 0.16, of local SSD
        ("c3-standard-4-lssd", "us-central1-a", "177.17"),
        ("c4-standard-4-lssd", "us-central1-a", "204.30"),
        # Machines that have one price for all of it.
        ("t2a-standard-1", "us-central1-a", "28.11"),
        ("h3-standard-88", "us-central1-a", "3594.23"),
        ("a2-highgpu-1g", "us-central1-a", "2681.57"),
        ("g2-standard-4", "us-central1-a", "515.99"),
        # 730 h * (80 * 0.0348 + 1922 * 0.0051) * 0.7: sustained use
        ("m1-ultramem-80", "us-central1-a", "6431.55"),
    ],
)
def test_machines_of_all_families_have_prices(machine: str, zone: str, expected: str) -> None:
    estimate = one(COMPUTE_INSTANCE, vm(machine, zone))

    assert not estimate.unpriced
    assert dollars(estimate) == same(expected)


def test_the_accelerators_of_a_machine_type_are_in_its_price() -> None:
    bare = one(COMPUTE_INSTANCE, vm("g2-standard-4"))
    named = one(
        COMPUTE_INSTANCE,
        vm("g2-standard-4", guestAccelerators=[{"type": "nvidia-l4", "count": 1}]),
    )

    assert dollars(named) == dollars(bare)
    assert not named.unpriced


@pytest.mark.parametrize(
    "confidential", [{"enableConfidentialCompute": True}, {"confidentialInstanceType": "SEV"}]
)
def test_what_a_confidential_machine_costs_more_is_unpriced(confidential: dict[str, Any]) -> None:
    machine = vm("n2d-standard-2", confidentialInstanceConfig=confidential)
    estimate = one(COMPUTE_INSTANCE, machine)

    assert estimate.unpriced == ("there is no price for what a confidential machine costs more",)
    assert dollars(estimate) == dollars(one(COMPUTE_INSTANCE, vm("n2d-standard-2")))


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        # 730 h * (2 * 0.00872 + 8 * 0.001169), and * (2 * 0.01309 + 8 * 0.001754)
        ("e2-standard-2", ("19.56", "29.35", "29.35")),
        # 730 h * 0.000684, and * 0.001587 in other months
        ("f1-micro", ("0.50", "0.50", "1.16")),
    ],
)
def test_a_spot_price_is_a_range_where_dates_differ(
    machine: str, expected: tuple[str, str, str]
) -> None:
    assert dollars(one(COMPUTE_INSTANCE, vm(machine, scheduling=SPOT))) == expected
    assert dollars(one(COMPUTE_INSTANCE, vm(machine, scheduling={"preemptible": "true"}))) == (
        expected
    )


def test_a_local_ssd_is_cheaper_on_spot() -> None:
    disks: dict[str, Any] = {"scratchDisks": [{}]}
    machine = dollars(one(COMPUTE_INSTANCE, vm("e2-standard-2", scheduling=SPOT)))
    both = dollars(one(COMPUTE_INSTANCE, vm("e2-standard-2", scheduling=SPOT, **disks)))

    added = [Decimal(after) - Decimal(before) for before, after in zip(machine, both, strict=True)]
    # 375 GiB * 0.0428 is the newest price; none is above the 30.00 of one on demand.
    assert added[1] == Decimal("16.05")
    assert Decimal(0) < added[0] <= added[1] <= added[2] < Decimal(30)


@pytest.mark.parametrize(
    ("machine", "given", "added"),
    [
        ("n2-standard-4", 2, "60.00"),
        ("c3-standard-4-lssd", 1, "0.00"),
        ("c3-standard-4-lssd", 2, "30.00"),
        ("c4-standard-4-lssd", 2, "60.00"),
        ("z3-highmem-88-highlssd", 12, "0.00"),
        ("a2-ultragpu-1g", 1, "0.00"),
        ("a3-highgpu-8g", 16, "0.00"),
        ("a2-highgpu-1g", 1, "30.00"),
    ],
)
def test_local_ssds_that_belong_to_the_machine_type_are_billed_once(
    machine: str, given: int, added: str
) -> None:
    bare = one(COMPUTE_INSTANCE, vm(machine))
    named = one(COMPUTE_INSTANCE, vm(machine, scratchDisks=[{}] * given))

    assert named.monthly.expected - bare.monthly.expected == Decimal(added)
    assert named.unpriced == bare.unpriced


def test_local_ssds_of_a_machine_type_that_nobody_knows_are_unpriced() -> None:
    found = one(COMPUTE_INSTANCE, vm("c9-standard-4-lssd", scratchDisks=[{}]))

    assert found.unpriced == ("there is no price for machines of the type c9-standard-4-lssd",)
    assert dollars(found) == same("0.00")


@pytest.mark.parametrize(
    ("machine", "commitment", "expected"),
    [
        # 730 h * (4 * 0.019915 + 15 * 0.002669), whether it runs or not
        ("n1-standard-4", "1-year", "87.38"),
        ("n1-standard-4", "3-year", "62.42"),
        # The commitment is to vCPUs and memory: custom machines cost no more.
        ("n1-custom-4-15360", "3-year", "62.42"),
        ("c3-standard-4-lssd", "1-year", "111.62"),
        ("z3-highmem-88-highlssd", "1-year", "5978.69"),
    ],
)
def test_what_is_committed_to_is_paid_for(machine: str, commitment: str, expected: str) -> None:
    estimate = one(COMPUTE_INSTANCE, vm(machine), commitment=commitment, active_hours=1)

    assert dollars(estimate) == same(expected)


def test_a_family_without_commitments_is_not_priced_on_demand_instead() -> None:
    estimate = one(COMPUTE_INSTANCE, vm("t2a-standard-1"), commitment="1-year")

    assert estimate.unpriced == ("there is no price for t2a-standard-1.1-year.hour in us-central1",)


@pytest.mark.parametrize(
    ("name", "vcpus", "gib", "ssds"),
    [
        ("n2-highmem-128", "128", "864", 0),
        ("c3d-highcpu-30", "30", "59", 0),
        ("c4-standard-288-lssd-metal", "288", "1080", 48),
        ("c3-highcpu-192-metal", "192", "512", 0),
        ("m2-ultramem-208", "208", "5888", 0),
        ("c4a-highmem-96-metal", "96", "768", 0),
    ],
)
def test_sizes_that_do_not_follow_from_the_vcpus(
    name: str, vcpus: str, gib: str, ssds: int
) -> None:
    made = parse_machine(name)

    assert (made.vcpus, made.gib, made.local_ssds) == (Decimal(vcpus), Decimal(gib), ssds)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        # Google's default size of an empty disk, by type
        ({}, "20.00"),
        ({"type": "pd-balanced"}, "10.00"),
        ({"type": "pd-ssd"}, "17.00"),
        ({"type": "pd-extreme", "provisionedIops": 2500}, "287.50"),
        ({"type": "hyperdisk-extreme", "size": 128, "provisionedIops": 20000}, "656.00"),
        # 100 GiB * 0.08 + 1,000 IOPS * 0.005 + 60 MiB/s * 0.04 above what is included
        (
            {"type": "hyperdisk-balanced", "provisionedIops": 4000, "provisionedThroughput": 200},
            "15.40",
        ),
    ],
)
def test_a_disk_without_a_size_has_googles(inputs: dict[str, Any], expected: str) -> None:
    estimate = one(DISK, {"zone": "us-central1-a", **inputs})

    assert not estimate.unpriced
    assert dollars(estimate) == same(expected)


def test_a_disk_has_the_size_of_what_it_is_made_from() -> None:
    zone: dict[str, Any] = {"zone": "us-central1-a"}
    disk = case.resource(DISK, "disk", size=20, **zone)
    image = case.resource(COMPUTE_IMAGE, "image", diskSizeGb=30)
    snapshot = case.resource(SNAPSHOT, "snapshot", sourceDisk=case.output_of("disk", "disk-1"))
    cost = cost_of(
        disk,
        image,
        snapshot,
        case.resource(DISK, "of-image", image=case.output_of("image", "image-1"), **zone),
        case.resource(DISK, "of-snapshot", snapshot=case.output_of("snapshot", "s-1"), **zone),
        case.resource(DISK, "of-disk", sourceDisk=case.output_of("disk", "disk-1"), **zone),
    )

    found = {item.name: dollars(item) for item in cost.estimates if item.token == DISK}
    assert found == {
        "disk": same("0.80"),
        "of-image": same("1.20"),
        "of-snapshot": same("0.80"),
        "of-disk": same("0.80"),
    }
