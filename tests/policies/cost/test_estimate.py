"""A whole stack: free tiers, what is free, what is unpriced, regions, and fixed lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apex_guardrails.cost import (
    Amounts,
    FixedLine,
    PriceFile,
    Prices,
    Usage,
    estimate,
    packaged_prices,
)
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, case
from tests.policies.cost.stacks import IDLE, cost_of, stack_of

DISK = "gcp:compute/disk:Disk"
JOB = "gcp:cloudscheduler/job:Job"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


def amounts(low: str, expected: str, high: str) -> Amounts:
    return Amounts(Decimal(low), Decimal(expected), Decimal(high))


def test_an_empty_stack_costs_nothing() -> None:
    cost = cost_of(log_gib=100)

    assert cost.monthly == Amounts.of(0)
    assert (cost.estimates, cost.free, cost.unpriced) == ((), (), ())


def test_free_resources_are_known_as_free_and_unknown_ones_as_unpriced() -> None:
    cost = cost_of(
        case.resource("gcp:compute/network:Network", "vpc"),
        case.resource("gcp:projects/iAMMember:IAMMember", "grant"),
        case.resource("random:index/randomPassword:RandomPassword", "password"),
        case.resource("gcp:compute/subnetwork:Subnetwork", "subnet", region="us-central1"),
        case.resource("gcp:spanner/instance:Instance", "spanner"),
        case.resource("pulumi:providers:gcp", "provider"),
    )

    assert [urn.rpartition("::")[2] for urn in cost.free] == ["vpc", "grant", "password", "subnet"]
    assert [item.name for item in cost.unpriced] == ["spanner"]
    assert cost.monthly == Amounts.of(0)


def test_components_of_the_program_cost_nothing_by_themselves() -> None:
    stack = Stack("dev", "p")
    urn = "urn:pulumi:dev::p::my:Component::c"
    stack.add(Resource(urn, ResourceType("my:Component"), {}, stack, custom=False))

    cost = estimate(stack, packaged_prices(), Usage())
    assert (cost.estimates, cost.free) == ((), ())


def test_a_free_tier_is_there_once_for_all_resources() -> None:
    # Three jobs are free.
    jobs = [case.resource(JOB, f"job-{number}") for number in range(5)]

    assert cost_of(*jobs[:3]).monthly == Amounts.of(0)
    assert cost_of(*jobs).monthly == Amounts.of("0.20")


def test_a_free_tier_may_be_used_up_elsewhere() -> None:
    jobs = [case.resource(JOB, f"job-{number}") for number in range(4)]
    used = {"low": 0, "expected": 0, "high": 1}

    monthly = cost_of(*jobs, free_tier_used_elsewhere=used).monthly
    assert monthly == amounts("0.10", "0.10", "0.40")


def test_a_projects_own_free_tier_cannot_be_used_up_elsewhere() -> None:
    network = case.resource("gcp:compute/network:Network")

    assert cost_of(network, log_gib=50, free_tier_used_elsewhere=1).monthly == Amounts.of(0)
    assert cost_of(network, log_gib=52, free_tier_used_elsewhere=1).monthly == Amounts.of("1.00")


def test_who_gets_the_free_tier_does_not_depend_on_the_order_of_the_program() -> None:
    one, two = (case.resource(JOB, name) for name in ("a", "b"))
    more = [case.resource(JOB, f"c-{number}") for number in range(3)]

    assert cost_of(one, two, *more).estimates == cost_of(*more, two, one).estimates


def test_the_stacks_own_metrics_are_cheaper_the_more_there_are() -> None:
    network = case.resource("gcp:compute/network:Network")

    # The first 150 MiB are free; 100,000 MiB * 0.258, and what is above * 0.151
    assert cost_of(network, metric_mib=200).monthly == Amounts.of("12.90")
    assert cost_of(network, metric_mib=100_250).monthly == Amounts.of("25815.10")


def test_what_the_project_is_billed_for_is_the_stacks_own() -> None:
    cost = cost_of(case.resource("gcp:compute/network:Network"), prometheus_samples=100)

    assert [(item.token, item.monthly) for item in cost.estimates] == [
        ("pulumi:pulumi:Stack", Amounts.of("6.00"))
    ]


@pytest.mark.parametrize(
    ("inputs", "provider", "region"),
    [
        ({"zone": "europe-west1-b"}, {}, "europe-west1"),
        ({"zone": "projects/p/zones/europe-west1-b"}, {}, "europe-west1"),
        ({"zone": "EUROPE-WEST1-B"}, {"region": "us-central1"}, "europe-west1"),
        ({}, {"region": "europe-west1"}, "europe-west1"),
    ],
)
def test_where_a_resource_is(inputs: dict[str, Any], provider: dict[str, Any], region: str) -> None:
    cost = cost_of(case.resource(DISK, _provider=provider, size=10, **inputs))

    assert [item.components[0].region for item in cost.estimates] == [region]


def test_the_stacks_region_counts_where_nothing_else_says_one() -> None:
    stack = stack_of(case.resource(DISK, size=10))
    stack.config = {"gcp:region": "europe-west1"}

    cost = estimate(stack, packaged_prices(), IDLE)
    assert cost.estimates[0].components[0].region == "europe-west1"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({}, "nothing says which region it is in"),
        ({"zone": UNKNOWN}, "zone is not known before deployment"),
        ({"zone": "mars-north1-a"}, "there is no price for pd-standard.gib_month in mars-north1"),
    ],
)
def test_without_a_region_or_its_prices_it_is_unpriced(inputs: dict[str, Any], reason: str) -> None:
    cost = cost_of(case.resource(DISK, size=10, **inputs))

    assert [item.unpriced for item in cost.unpriced] == [(reason,)]
    assert cost.monthly == Amounts.of(0)


def test_fixed_lines_are_a_part_of_the_total_but_not_of_what_google_bills() -> None:
    line = FixedLine("Temporal Cloud", amounts("100", "125", "150"))
    stack = stack_of(case.resource(DISK, size=10, zone="us-central1-a"))

    cost = estimate(stack, packaged_prices(), IDLE, [line])
    assert cost.cloud == Amounts.of("0.40")
    assert cost.monthly == amounts("100.40", "125.40", "150.40")


def test_an_estimate_says_what_it_rests_on() -> None:
    cost = cost_of(
        case.resource("gcp:compute/snapshot:Snapshot", region="us-central1"), usage=Usage()
    )

    assert cost.assumed == {"snapshot_gib", "log_gib", "free_tier_used_elsewhere"}


def test_prices_of_low_confidence_are_named() -> None:
    cost = cost_of(case.resource("gcp:monitoring/alertPolicy:AlertPolicy", conditions=[{}]))

    assert cost.doubtful() == ("alert.condition_month",)


def test_the_estimate_is_made_with_the_prices_that_are_given() -> None:
    file = PriceFile.model_validate(
        {
            "region": WORLDWIDE,
            "currency": "USD",
            "compiled": "2026-11-25",
            "prices": {
                "pd-standard.gib_month": {
                    "usd": "0.123456789",
                    "unit": "GiB-month",
                    "source": "a test",
                    "date": "2026-11-25",
                    "confidence": "high",
                }
            },
        }
    )
    stack = stack_of(case.resource(DISK, size=1, zone="anywhere1-a"))

    assert estimate(stack, Prices([file]), IDLE).monthly == Amounts.of("0.123456789")
