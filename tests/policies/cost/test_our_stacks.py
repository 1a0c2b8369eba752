"""What this repository's own stacks cost, from their quantities by hand.

The design's figures (section 6) and what comes of them here, in US dollars a month:

* dev 70 to 88: 68.48 without the instance of Qdrant that is always there, 88.19 with it.
* staging 185: 176.32 with a worker pool of no instances, and 240.29 while one runs. It is 2 vCPUs
  and 1.5 GiB, as the collector runs beside the worker; the design had no price for it.
* production 298 at the floor: 231.83 without the worker pool, 295.80 with it. The design's
  quantities are not written down; its worker, as a service, was 44.71, and a VPC connector 12.23.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from apex_guardrails.cli.tables.cost import render
from apex_guardrails.cost import Amounts, StackCost, Usage, estimate, packaged_prices
from apex_guardrails.judgement.cost import CostReport
from apex_guardrails.model import Stack
from apex_guardrails.reports.terminal import Page
from tests.policies.cost.stacks import IDLE
from tests.policies.our_stacks import STACKS, our_stack

HOURS, SECONDS = Decimal(730), Decimal(730 * 3600)

FLOOR = Usage.model_validate({**IDLE.given(), "nat_machines": 1})
"""Nobody uses the stack; one machine is behind the NAT gateway."""


@pytest.fixture(scope="module")
def ours() -> Mapping[str, tuple[CostReport, Stack]]:
    return {name: our_stack(name) for name in STACKS}


def d(text: str) -> Decimal:
    return Decimal(text)


def neo4j(data_gib: int) -> Decimal:
    """An e2-small, a boot disk of 10 GiB and the data disk, both pd-balanced."""
    machine = HOURS * (d("0.5") * d("0.02181159") + 2 * d("0.00292353"))
    return machine + 10 * d("0.10") + data_gib * d("0.10")


REDIS = HOURS * d("0.049")
NAT = HOURS * (d("0.0014") + d("0.005"))
QDRANT = SECONDS * (1 + 2) * d("0.0000025")
"""One idle instance with 1 vCPU and 2 GiB."""
API = SECONDS * (1 + 1) * d("0.0000025")
WORKER = SECONDS * (2 * d("0.000011244") + d("1.5") * d("0.000001235"))
"""The worker and its collector: 2 vCPUs and 1.5 GiB that always run."""
SECRETS = (10 - 6) * d("0.06")
"""Ten versions, of which six are free."""
ZONES = 3 * d("0.20")
FRONT = HOURS * d("0.025") + 5 + 10 * 1
"""The first five forwarding rules, and a Cloud Armor policy of ten rules."""

EVERYWHERE = REDIS + NAT + QDRANT + SECRETS + ZONES

BY_HAND = {
    "dev": EVERYWHERE + neo4j(10) + HOURS * d("0.0105") + 10 * d("0.17") + 36 * d("0.10"),
    "staging": EVERYWHERE
    + neo4j(10)
    + HOURS * (d("0.0413") + d("3.75") * d("0.007"))
    + 10 * d("0.17")
    + 37 * d("0.10")
    + FRONT
    + API,
    # The standby doubles the database's machine and its disk.
    "production": EVERYWHERE
    + neo4j(20)
    + 2 * HOURS * (d("0.0413") + d("3.75") * d("0.007"))
    + 20 * d("0.34")
    + 38 * d("0.10")
    + FRONT
    + API
    + WORKER,
}


def floor(stack: Stack) -> StackCost:
    return estimate(stack, packaged_prices(), FLOOR)


@pytest.mark.parametrize("name", STACKS)
def test_the_floor_is_what_it_is_by_hand(
    ours: Mapping[str, tuple[CostReport, Stack]], name: str
) -> None:
    assert floor(ours[name][1]).monthly == Amounts.of(BY_HAND[name])


def test_the_floors_are_what_the_documents_say() -> None:
    cents = {name: amount.quantize(d("0.01")) for name, amount in BY_HAND.items()}

    assert cents == {"dev": d("88.19"), "staging": d("176.32"), "production": d("295.80")}


@pytest.mark.parametrize("name", STACKS)
def test_everything_in_our_stacks_has_a_price_or_is_free(
    ours: Mapping[str, tuple[CostReport, Stack]], name: str
) -> None:
    report, stack = ours[name]

    assert report.cost.unpriced == ()
    resources = [item for item in stack if item.custom and item.type.package == "gcp"]
    priced = [item for item in report.cost.estimates if item.token.startswith("gcp:")]
    assert len(priced) + len(report.cost.free) == len(resources)


@pytest.mark.parametrize("name", STACKS)
def test_no_month_is_cheaper_than_the_floor_and_none_dearer_than_the_next(
    ours: Mapping[str, tuple[CostReport, Stack]], name: str
) -> None:
    report, stack = ours[name]
    monthly = report.cost.monthly

    assert monthly.low <= monthly.expected <= monthly.high
    # Free tiers may cover requests that take the place of idle time: by less than a dollar.
    assert report.cost.cloud.low > floor(stack).monthly.low - 1


@pytest.mark.parametrize("name", STACKS)
def test_the_table_is_the_recorded_one(
    ours: Mapping[str, tuple[CostReport, Stack]], name: str
) -> None:
    """To record it again: `apex cost --stack NAME | sed '/^total/q'`."""
    text = io.StringIO()
    render(ours[name][0], Page(Console(file=text, width=240)))
    table = text.getvalue().partition("\ntotal")
    total = table[2].partition("\n")[0]

    recorded = (Path(__file__).parent / "golden" / f"{name}.txt").read_text("utf-8")
    assert f"{table[0]}\ntotal{total}\n" == recorded


def test_no_line_registers_the_stack(ours: Mapping[str, tuple[CostReport, Stack]]) -> None:
    """Not even one of ours, though the pack lies in the program's own folder here."""
    stack = ours["dev"][1]

    assert stack.resources[stack.urn].position is None
