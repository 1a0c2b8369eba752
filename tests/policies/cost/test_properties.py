"""What holds for every estimate: larger costs no less, sums are exact, use never saves money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.cost import Amounts, Usage
from policies.cost.machines import billed_hours
from policies.model import case
from policies.model.case import CaseResource
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


@QUICK
@given(st.decimals(0, 730, places=2), st.decimals(0, 730, places=2))
def test_sustained_use_never_makes_more_hours_cheaper(hours: Decimal, more: Decimal) -> None:
    few, many = sorted((hours, more))

    for family in ("e2", "n1", "n2"):
        assert billed_hours(few, family) <= billed_hours(many, family) <= many


@QUICK
@given(FIGURES, FIGURES, st.sampled_from(sorted(set(IDLE.given()) - {"free_tier_used_elsewhere"})))
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
