"""What settings price at next to nothing is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.cost import StackCost
from apex_guardrails.model import Stack, case
from apex_guardrails.settings import Costing, PolicyPackSettings
from tests.policies.cost.stacks import stack_of

MACHINES = [
    case.resource(
        "gcp:compute/instance:Instance",
        name,
        machineType="n2-standard-8",
        zone="us-central1-a",
        bootDisk={},
    )
    for name in ("a", "b", "c", "d", "e")
]
BUCKET = case.resource("gcp:storage/bucket:Bucket", "files", location="us-central1")


def assumed(cost: dict[str, Any], stack: Stack | None = None) -> list[str]:
    settings = PolicyPackSettings.model_validate({"cost": cost})
    estimated: StackCost = Costing(settings, "dev").of(stack or stack_of(*MACHINES, BUCKET))()
    return list(estimated.assumes)


def test_without_settings_nothing_is_assumed_away() -> None:
    assert assumed({}) == []
    assert assumed({"usage": {"active_hours": 200}}) == []


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ({"active_hours": 0}, "assumes active_hours 0 of a, b, c and 2 more, for 1,"),
        ({"active_hours": 0.5, "requests": 0}, "assumes active_hours 0.5 of a, b, c and 2 more,"),
        ({"resources": {"b": {"active_hours": 0.01}}}, "assumes active_hours 0.01 of b, for 2"),
    ],
)
def test_hours_that_price_a_machine_at_nothing_are_said(usage: dict[str, Any], said: str) -> None:
    (line,) = assumed({"usage": usage})
    assert line.startswith(said)
    assert line.endswith(" USD a month by the defaults")


def test_the_figure_that_counts_is_what_is_looked_at() -> None:
    usage = {"active_hours": {"low": 0, "expected": 100, "high": 730}}
    assert assumed({"usage": usage}) == []
    (line,) = assumed({"usage": usage, "counts": "low"})
    assert line.startswith("assumes active_hours 0 of a, b, c and 2 more, for ")


def test_what_costs_little_by_the_defaults_is_not_worth_a_line() -> None:
    usage = {"bucket_gib": 0, "bucket_reads": 0, "bucket_writes": 0, "egress_gib": 0}
    assert assumed({"usage": usage}, stack_of(BUCKET)) == []


def test_an_own_price_hides_a_sum_as_well(tmp_path: Path) -> None:
    prices = {
        key: {"usd": "0", "unit": unit, "source": "s", "date": "2026-11-01", "confidence": "high"}
        for key, unit in (("n2.vcpu.hour", "vCPU hour"), ("n2.ram.gib_hour", "GiB hour"))
    }
    content = {"region": "us-central1", "currency": "USD", "prices": prices}
    content["compiled"] = "2026-11-01"
    file = tmp_path / "own.json"
    file.write_text(json.dumps(content), "utf-8")
    (line,) = assumed({"prices": str(file)})
    assert line.startswith("assumes other prices of a, b, c and 2 more, for 1,")


def test_what_is_paid_elsewhere_for_nothing_is_said() -> None:
    fixed = {"Temporal": 0, "Grafana": {"low": 0, "expected": 1, "high": 2}}
    assert assumed({"fixed": fixed}) == ["assumes that Temporal, paid elsewhere, costs nothing"]
