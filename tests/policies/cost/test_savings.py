"""Where a stack could cost less: what is advised, with the amount, and what is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apex_guardrails.cost import Prices, Usage, estimate, packaged_prices
from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.model import Saving
from apex_guardrails.cost.needs import Needs
from apex_guardrails.cost.savings import find_savings
from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.cost.stacks import IDLE, stack_of

MACHINE = "gcp:compute/instance:Instance"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
ADDRESS = "gcp:compute/address:Address"
DISK = "gcp:compute/disk:Disk"
ZONE = "us-central1-a"
ENOUGH = {"vm": Needs(vcpus=Decimal(2), memory_gib=Decimal(6))}


def price(usd: str) -> dict[str, str]:
    return {"usd": usd, "unit": "u", "source": "made up", "date": "2026-11-01", "confidence": "low"}


def prices() -> Prices:
    """Prices that stay as they are, so that each amount can be worked out by hand."""
    hours = {"n1": "0.04", "n2": "0.03", "n2d": "0.035", "e2": "0.02"}
    found = {
        key: price(usd)
        for family, usd in hours.items()
        for key, usd in ((f"{family}.vcpu.hour", usd), (f"{family}.ram.gib_hour", "0.001"))
    }
    for term, usd in (("1-year", "0.015"), ("3-year", "0.01"), ("spot", "0.005")):
        found[f"e2.vcpu.{term}.hour"] = price(usd)
        found[f"e2.ram.{term}.gib_hour"] = price("0.001")
    found["pd-standard.gib_month"] = price("0.04")
    found["local-ssd.gib_month"] = price("0.08")
    found["ip.static_unused.hour"] = price("0.01")
    found["sql.vcpu.zonal.hour"] = price("0.04")
    found["sql.ram.zonal.gib_hour"] = price("0.01")
    found["sql.backup.gib_month"] = price("0.08")
    found["sql.ip_idle.hour"] = price("0.01")
    found["sql.ssd.zonal.gib_month"] = price("0.17")
    file = {"region": "us-central1", "currency": "USD", "compiled": "2026-11-01", "prices": found}
    every = packaged_prices().files
    return Prices([every["worldwide"], type(every["worldwide"]).model_validate(file)])


def savings(
    *resources: CaseResource, needs: dict[str, Needs] | None = None, **figures: Any
) -> list[Saving]:
    stack, book = stack_of(*resources), prices()
    usage = Usage.model_validate({**IDLE.given(), **figures})
    cost = estimate(stack, book, usage)
    return list(find_savings(stack, cost.estimates, book, usage, needs or {}))


def said(*resources: CaseResource, **given: Any) -> list[tuple[str, Decimal]]:
    return [(item.advice, item.monthly.expected) for item in savings(*resources, **given)]


def machine(machine_type: str, **inputs: Any) -> CaseResource:
    boot = {"initializeParams": {"size": 10}}
    return case.resource(
        MACHINE, "vm", **{"machineType": machine_type, "zone": ZONE, "bootDisk": boot, **inputs}
    )


def test_a_machine_that_always_runs_is_cheaper_committed_to() -> None:
    assert said(machine("e2-standard-4")) == [
        ("a 3-year commitment for e2-standard-4, as it always runs", Decimal("29.20")),
        ("a 1-year commitment for e2-standard-4, as it always runs", Decimal("14.60")),
    ]
    assert said(machine("e2-standard-4"), active_hours=700) == []
    assert said(machine("e2-standard-4"), commitment="3-year") == []
    assert said(machine("e2-standard-4", scheduling={"preemptible": True})) == []
    assert said(machine("e2-standard-4", desiredStatus="TERMINATED")) == []


def test_of_a_group_those_that_there_always_are_are_committed_to() -> None:
    template = case.resource(
        "gcp:compute/instanceTemplate:InstanceTemplate", "template", machineType="e2-standard-2"
    )
    group = case.resource(
        "gcp:compute/instanceGroupManager:InstanceGroupManager",
        "group",
        zone=ZONE,
        versions=[{"instanceTemplate": case.output_of("template")}],
    )
    scaler = case.resource(
        "gcp:compute/autoscaler:Autoscaler",
        "scaler",
        zone=ZONE,
        target=case.output_of("group"),
        autoscalingPolicy={"minReplicas": 3, "maxReplicas": 9},
    )
    assert said(template, group, scaler)[0] == (
        "a 3-year commitment for e2-standard-2, as 3 of them always run",
        Decimal("43.80"),
    )


def test_the_cheapest_newer_family_at_the_same_size_is_named() -> None:
    # 4 vCPUs and 15 GiB at 70 % of the price all month, against 4 and 16 without that discount.
    n1 = (4 * Decimal("0.04") + 15 * Decimal("0.001")) * 730 * Decimal("0.7")
    e2 = (4 * Decimal("0.02") + 16 * Decimal("0.001")) * 730
    assert said(machine("n1-standard-4")) == [
        ("e2-standard-4 instead of n1-standard-4: a newer family at the same size", n1 - e2)
    ]
    # There is no E2 of that size, and N2 has the discount, too.
    (large,) = savings(machine("n1-standard-64"))
    assert large.advice.startswith("n2-standard-64 instead of n1-standard-64")


@pytest.mark.parametrize(
    "inputs",
    [
        {"scratchDisks": [{"interface": "NVME"}]},
        {"guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 1}]},
    ],
)
def test_what_binds_a_machine_to_its_family_keeps_it_there(inputs: dict[str, Any]) -> None:
    assert said(machine("n1-standard-4", **inputs)) == []


@pytest.mark.parametrize("name", ["n1-standard-1", "f1-micro", "custom-4-8192", "e2-small"])
def test_a_size_that_no_newer_family_has_stays(name: str) -> None:
    assert not [advice for advice, _ in said(machine(name)) if "newer" in advice]


def test_a_smaller_size_that_is_enough_is_named() -> None:
    found = said(machine("e2-standard-16"), needs=ENOUGH, active_hours=365)

    now = (16 * Decimal("0.02") + 64 * Decimal("0.001")) * 365
    then = (2 * Decimal("0.02") + 8 * Decimal("0.001")) * 365
    assert found == [
        (
            f"e2-standard-2 instead of e2-standard-16: enough for {ENOUGH['vm'].text}",
            now - then,
        )
    ]
    assert ENOUGH["vm"].text == "the 2 vCPUs and 6 GiB that settings say it needs"
    # It is that already, another resource is meant, or more is needed than it has.
    assert said(machine("e2-standard-2"), needs=ENOUGH, active_hours=365) == []
    assert said(machine("e2-standard-16"), needs={"db": ENOUGH["vm"]}, active_hours=365) == []
    more = {"*": Needs(vcpus=Decimal(32), memory_gib=Decimal(128))}
    assert said(machine("e2-standard-16"), needs=more, active_hours=365) == []


@pytest.mark.parametrize(
    ("vcpus", "memory", "tier", "usd"),
    [
        ("1", "2", "db-custom-1-3840", "189.8"),
        ("3", "10", "db-custom-4-10240", "56.575"),
        ("2", "20", "db-custom-4-20480", "-"),
        ("0.5", "7.1", "db-custom-2-7424", "136.8750"),
    ],
)
def test_a_databases_smaller_tier_is_named(vcpus: str, memory: str, tier: str, usd: str) -> None:
    database = case.resource(
        SQL,
        "db",
        region="us-central1",
        databaseVersion="POSTGRES_15",
        settings={"tier": "db-custom-4-15360", "diskSize": 10, "edition": "ENTERPRISE"},
    )
    need = {"d*": Needs(vcpus=Decimal(vcpus), memory_gib=Decimal(memory))}
    found = said(database, needs=need)
    if usd == "-":
        assert found == []
        return
    ((advice, amount),) = found
    gib = Decimal(tier.rpartition("-")[2]) / 1024
    cores = Decimal(tier.split("-")[2])
    was = 4 * Decimal("0.04") + 15 * Decimal("0.01")
    assert amount == (was - cores * Decimal("0.04") - gib * Decimal("0.01")) * 730
    assert advice == (
        f"the tier {tier}: enough for the {vcpus} vCPUs and {memory} GiB that settings say it needs"
    )
    assert said(database) == []
    ((_, half),) = said(database, needs=need, database_hours=365)
    assert half == amount / 2


def test_an_address_that_nothing_uses_is_advised_against() -> None:
    address = case.resource(ADDRESS, "ip", region="us-central1")

    assert said(address) == [
        ("nothing running uses the address: release it", Decimal("7.30")),
    ]


def test_a_disk_that_nothing_attaches_is_advised_against() -> None:
    disk = case.resource(DISK, "data", size=100, zone=ZONE, type="pd-standard")

    (found,) = savings(disk)
    assert found.urn.endswith("::data")
    assert found.advice.startswith("nothing in the stack attaches the disk")
    assert found.monthly == Amounts.of(4)
    snapshot = case.resource(
        "gcp:compute/snapshot:Snapshot", "s", sourceDisk=case.output_of("data"), zone=ZONE
    )
    assert [item.advice for item in savings(disk, snapshot)] == [found.advice]


@pytest.mark.parametrize(
    "user",
    [
        machine("e2-micro", attachedDisks=[{"source": case.output_of("data")}]),
        machine("e2-micro", attachedDisks=[{"source": "data"}]),
        machine("e2-micro", bootDisk={"source": f"projects/p/zones/{ZONE}/disks/data"}),
        case.resource(
            "gcp:compute/attachedDisk:AttachedDisk", "a", disk=case.output_of("data"), instance="i"
        ),
        case.resource("kubernetes:core/v1:PersistentVolume", "pv", metadata=case.output_of("data")),
    ],
)
def test_a_disk_that_something_attaches_is_not(user: CaseResource) -> None:
    disk = case.resource(DISK, "data", size=100, zone=ZONE, type="pd-standard")

    assert not [item for item in savings(disk, user) if "disk" in item.advice]
