"""The section `cost` of `policy-pack.yaml`."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apex_guardrails.cost import Amounts, FixedLine, packaged_prices
from apex_guardrails.model import CostLimits
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_FILE, CostSettings, PriceSettings, cost_for, load
from apex_guardrails.support.errors import UsageError

TODAY = date(2026, 11, 29)


def settings(folder: Path, content: str, stack: str = "dev") -> CostSettings:
    path = folder / SETTINGS_FILE
    path.write_text(content, "utf-8")
    return cost_for(load(path, all_rules(), TODAY), stack)


def test_without_the_section_there_is_no_limit_and_every_assumption_is_a_default() -> None:
    cost = cost_for(load(None, all_rules(), TODAY), "dev")

    assert (cost.budget, cost.counts, cost.max_increase) == (None, "expected", None)
    assert (cost.max_unpriced, cost.max_share) == (None, None)
    assert cost.usage.given() == {}
    assert list(cost.fixed_lines) == []


def test_what_names_the_stack_counts_before_what_is_for_all(tmp_path: Path) -> None:
    content = """
        cost:
          budget: 100
          max_unpriced: 3
          usage:
            requests: 5
            log_gib: {low: 1, expected: 2, high: 3}
            resources: {api: {requests: 6}, worker: {job_hours: 1}}
          fixed: {Grafana: 19}
        stacks:
          prod*:
            cost:
              budget: "807.50"
              counts: high
              usage:
                requests: 7
                resources: {api: {requests: 8}}
              fixed: {Temporal: {low: 100, expected: 125, high: 150}}
    """
    dev = settings(tmp_path, content)
    production = settings(tmp_path, content, "production")

    assert dev.budget == Decimal(100)
    assert (dev.counts, dev.max_unpriced) == ("expected", 3)
    assert (production.budget, production.counts) == (Decimal("807.50"), "high")
    assert production.max_unpriced == 3
    assert dev.usage.requests.amounts == Amounts.of(5)
    assert production.usage.requests.amounts == Amounts.of(7)
    assert production.usage.log_gib.amounts == Amounts(Decimal(1), Decimal(2), Decimal(3))
    assert production.usage.for_resource("api").requests.amounts == Amounts.of(8)
    assert production.usage.for_resource("worker").job_hours.amounts == Amounts.of(1)
    assert list(production.fixed_lines) == [
        FixedLine("Grafana", Amounts.of(19)),
        FixedLine("Temporal", Amounts(Decimal(100), Decimal(125), Decimal(150))),
    ]


def test_each_limit_is_a_setting(tmp_path: Path) -> None:
    content = """
        cost:
          {budget: 1, counts: low, max_increase: 2, max_unpriced: 3, max_share: 0.4,
           machine_types: [e2-*, db-f1-micro]}
    """

    assert settings(tmp_path, content).limits == CostLimits(
        "low", Decimal(1), Decimal(2), 3, Decimal("0.4"), ("e2-*", "db-f1-micro")
    )
    assert CostSettings().limits == CostLimits()


def test_a_limit_for_all_stacks_may_be_taken_off_one(tmp_path: Path) -> None:
    content = "cost: {budget: 9, machine_types: [e2-*]}\nstacks: {prod: {cost: {budget: null}}}"

    assert settings(tmp_path, content, "prod").limits == CostLimits(machine_types=("e2-*",))
    assert settings(tmp_path, content, "dev").limits.budget == Decimal(9)


def test_prices_are_a_path_or_a_path_and_an_age(tmp_path: Path) -> None:
    assert settings(tmp_path, "").prices == PriceSettings(path=None, max_age=None)
    assert settings(tmp_path, "cost: {prices: p.json}").prices == PriceSettings(path="p.json")
    content = """
        cost: {prices: {path: all, max_age: 10}}
        stacks: {prod: {cost: {prices: own}}}
    """
    assert settings(tmp_path, content).prices == PriceSettings(path="all", max_age=10)
    assert settings(tmp_path, content, "prod").prices == PriceSettings(path="own", max_age=10)


def price_file(path: Path, region: str, **prices: str) -> None:
    path.parent.mkdir(exist_ok=True)
    content = {
        key.replace("_", "."): {
            "usd": usd,
            "unit": "hour",
            "source": "a test",
            "date": "2026-11-01",
            "confidence": "high",
        }
        for key, usd in prices.items()
    }
    head = {"region": region, "currency": "USD", "compiled": "2026-11-01"}
    path.write_text(json.dumps({**head, "prices": content}), "utf-8")


@pytest.mark.parametrize("given", ["own", "own/us-central1.json"])
def test_own_prices_count_key_by_key_before_the_packaged_ones(tmp_path: Path, given: str) -> None:
    price_file(tmp_path / "own/us-central1.json", "us-central1", e2_vcpu_hour="1", own_hour="2")
    book = PriceSettings(path=given).book(tmp_path)
    packaged = packaged_prices()

    assert book.price("e2.vcpu.hour", "us-central1").usd == 1
    assert book.price("own.hour", "us-central1").usd == Decimal(2)
    for key, region in (("e2.ram.gib_hour", "us-central1"), ("e2.vcpu.hour", "europe-west1")):
        assert book.price(key, region) == packaged.price(key, region)
    assert PriceSettings().book(tmp_path) is packaged


def test_a_region_of_its_own_may_be_added(tmp_path: Path) -> None:
    price_file(tmp_path / "mars.json", "mars-north1", e2_vcpu_hour="3")
    book = PriceSettings(path="mars.json").book(tmp_path)

    assert book.price("e2.vcpu.hour", "mars-north1").usd == Decimal(3)
    assert set(book.files) == {*packaged_prices().files, "mars-north1"}


def test_a_path_without_prices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="own: there is no such price file or folder; `apex prices"
    ):
        PriceSettings(path="own").book(tmp_path)
    (tmp_path / "own").mkdir()
    with pytest.raises(UsageError, match="own: there is no price file"):
        PriceSettings(path="own").book(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("cost: {prices: {max_age: -1}}", "1: cost.prices.max_age: expected at least"),
        ("cost: {prices: {max_age: true}}", "1: cost.prices.max_age: expected a number"),
        ("cost: {prices: ''}", "1: cost.prices: expected at least 1 character"),
        ("cost: {prices: {pth: x}}", '1: cost.prices.pth: unknown key, did you mean "path"?'),
        ("cost: {budget: -1}", "1: cost.budget: expected at least 0"),
        ("cost: {budget: NaN}", "1: cost.budget: expected a finite number"),
        ("cost: {budget: lots}", "1: cost.budget: expected a number"),
        ("cost: {budget: true}", "1: cost.budget: expected a number"),
        ("cost: {counts: most}", "1: cost.counts: expected low, expected or high"),
        ("cost: {max_share: 1.5}", "1: cost.max_share: expected at most 1"),
        ("cost: {max_share: 0}", "1: cost.max_share: expected a number above 0"),
        ("cost: {max_share: true}", "1: cost.max_share: expected a number"),
        ("cost: {max_unpriced: -1}", "1: cost.max_unpriced: expected at least"),
        ("cost: {max_unpriced: true}", "1: cost.max_unpriced: expected a number"),
        ("cost: {max_unpriced: 0.5}", "1: cost.max_unpriced: expected a whole number"),
        (
            "cost: {max_unpriced: 1000001}",
            "1: cost.max_unpriced: expected at most",
        ),
        ("cost: {budget: 1e30}", "1: cost.budget: expected at most"),
        ("cost: {base: ''}", "1: cost.base: expected at least 1 character"),
        ("cost: {base: ../base.json}", "1: cost.base: expected a file in the project, such as"),
        ("cost: {base: /base.json}", "1: cost.base: expected a file in the project, such as"),
        ("cost: {max_increase: -1}", "1: cost.max_increase: expected at least"),
        ("cost: {machine_types: []}", "1: cost.machine_types: "),
        ("cost: {machine_types: e2-small}", "1: cost.machine_types: expected a list"),
        ("cost: {machine_types: ['']}", "1: cost.machine_types.0: "),
        ("cost: {fixed: {T: -1}}", "1: cost.fixed.T: expected at least"),
        (
            "cost:\n  usage:\n    requests: -1",
            "3: cost.usage.requests: expected at least 0",
        ),
        (
            "cost:\n  usage:\n    requests: {low: 3, expected: 2, high: 1}",
            "3: cost.usage.requests: low, expected and high must not decrease",
        ),
        (
            "cost:\n  usage:\n    reqests: 1",
            '3: cost.usage.reqests: unknown key, did you mean "requests"?',
        ),
        (
            "cost:\n  usage:\n    resources:\n      api: {egres_gib: 1}",
            "4: cost.usage.resources.api.egres_gib: unknown key",
        ),
        (
            "stacks:\n  dev:\n    cost:\n      buget: 1",
            '4: stacks.dev.cost.buget: unknown key, did you mean "budget"?',
        ),
    ],
)
def test_what_cannot_be_is_refused_with_line_and_key(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, content)
    assert f"{SETTINGS_FILE}:{message}" in str(caught.value)


@pytest.mark.parametrize("figure", ["-1", "1e40", ".nan", "true", "many", "''"])
def test_one_figure_for_all_three_is_complained_of_once(tmp_path: Path, figure: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, f"cost: {{usage: {{requests: {figure}}}}}")
    assert f"{SETTINGS_FILE}:1: cost.usage.requests: " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "value error" not in str(caught.value)


def test_currency_savings_and_needs_are_read_and_merged(tmp_path: Path) -> None:
    content = """
cost:
  currency: {code: EUR, rate: 0.92}
  savings: true
  needs: {db: {vcpus: 2, memory_gib: 7.5}, vm: {vcpus: 1, memory_gib: 1}}
stacks:
  dev: {cost: {savings: false, needs: {vm: {vcpus: 4, memory_gib: 8}}}}
  usa: {cost: {currency: null}}
"""
    dev = settings(tmp_path, content)
    assert dev.currency is not None
    assert (dev.currency.code, dev.currency.rate, dev.savings) == ("EUR", Decimal("0.92"), False)
    assert {name: need.vcpus for name, need in dev.needs.items()} == {"db": 2, "vm": 4}
    usa = settings(tmp_path, content, "usa")
    assert (usa.currency, usa.savings) == (None, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{currency: {code: euro, rate: 1}}", "cost.currency.code: expected text that matches"),
        ("{currency: {code: USD, rate: 1}}", "cost.currency.code: amounts are in US dollars any"),
        ("{currency: {code: EUR}}", "cost.currency.rate: is missing"),
        ("{currency: {code: EUR, rate: 0}}", "cost.currency.rate: expected a number above 0"),
        ("{currency: {code: EUR, rate: .nan}}", "cost.currency.rate: expected a number, found a "),
        ("{currency: EUR}", "cost.currency: expected keys and values, found a string"),
        ("{savings: 1}", "cost.savings: expected true or false"),
        ("{needs: {db: {vcpus: 2}}}", "cost.needs.db.memory_gib: is missing"),
        ("{needs: {db: {vcpus: true, memory_gib: 1}}}", "cost.needs.db.vcpus: expected a number"),
    ],
)
def test_a_currency_or_a_need_that_cannot_be_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, f"cost: {content}")
    assert message in str(caught.value)
