"""The price files: what they hold, and what is said of broken ones."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.cost import Prices, load_prices, packaged_prices, read_prices
from apex_guardrails.cost.prices import PRICES_FOLDER, NoPriceError
from apex_guardrails.support.errors import UsageError

PRICE = {
    "usd": "0.0105",
    "unit": "hour",
    "source": "a page",
    "date": "2026-11-01",
    "confidence": "high",
}
FILE = {"region": "mars-north1", "currency": "USD", "compiled": "2026-11-25"}


def written(folder: Path, content: Any) -> Path:
    path = folder / "mars-north1.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def refused(folder: Path, content: Any) -> str:
    path = written(folder, content)
    with pytest.raises(UsageError) as caught:
        read_prices(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(": ")


def prices(**changed: Any) -> dict[str, Any]:
    return {**FILE, "prices": {"a.hour": {**PRICE, **changed}}}


def test_a_price_is_exactly_the_decimal_that_is_written(tmp_path: Path) -> None:
    file = read_prices(written(tmp_path, prices(usd="0.02181159")))

    assert file.prices["a.hour"].usd == Decimal("0.02181159")
    assert file.prices["a.hour"].date == date(2026, 11, 1)


@pytest.mark.parametrize("path", sorted(PRICES_FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_each_packaged_file_is_valid_and_sorted(path: Path) -> None:
    file = read_prices(path)

    assert file.region == path.stem
    assert list(file.prices) == sorted(file.prices)
    assert all(price.date <= file.compiled for price in file.prices.values())


def test_another_region_has_its_own_prices() -> None:
    packaged = packaged_prices()

    assert packaged.price("e2.vcpu.hour", "us-central1").usd == Decimal("0.02181159")
    assert packaged.price("e2.vcpu.hour", "europe-west1").usd == Decimal("0.02399393")


def test_what_costs_the_same_everywhere_is_written_once() -> None:
    packaged = packaged_prices()

    assert packaged.price("secret.version_month", "asia-east1").usd == Decimal("0.06")


def test_a_price_that_is_not_there_is_no_price_and_names_the_region() -> None:
    with pytest.raises(
        NoPriceError, match=r"no price for redis\.basic\.m1\.gib_hour in europe-west1"
    ):
        packaged_prices().price("redis.basic.m1.gib_hour", "europe-west1")
    with pytest.raises(NoPriceError, match="no price for x in mars-north1"):
        Prices([]).price("x", "mars-north1")


@pytest.mark.parametrize(
    ("quantity", "cost"),
    [("0", "0"), ("100", "10"), ("101", "10.05"), ("300", "20"), ("301", "20.01")],
)
def test_what_is_above_a_quantity_costs_less(tmp_path: Path, quantity: str, cost: str) -> None:
    tiers = [{"above": "100", "usd": "0.05"}, {"above": "300", "usd": "0.01"}]
    price = read_prices(written(tmp_path, prices(usd="0.1", tiers=tiers))).prices["a.hour"]

    assert price.cost(Decimal(quantity)) == Decimal(cost)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "1: not valid JSON: Expecting property name"),
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ('{"region": "a", "region": "b"}', "not valid JSON: the key 'region' is repeated"),
        ([], "expected keys and values"),
        (FILE, "prices: is missing"),
        ({**FILE, "prices": {}, "extra": 1}, "extra: unknown key"),
        ({**FILE, "prices": {}, "currency": "EUR"}, "currency: expected USD"),
        ({**FILE, "prices": {}, "region": "Mars!"}, "region: expected text that matches"),
        (prices(usd=0.0105), 'prices.a.hour.usd: an amount is text such as "0.0105"'),
        (prices(usd="dear"), "prices.a.hour.usd: not a decimal number"),
        (prices(usd="NaN"), "prices.a.hour.usd: expected a finite number"),
        (prices(usd="Infinity"), "prices.a.hour.usd: expected a finite number"),
        (prices(usd="-1"), "prices.a.hour.usd: expected at least 0"),
        (prices(usd="1000000"), "prices.a.hour.usd: expected a number below 1000000"),
        (prices(unit=""), "prices.a.hour.unit: expected at least 1 character"),
        (prices(source=""), "prices.a.hour.source: expected at least 1 character"),
        (prices(date="soon"), "prices.a.hour.date: expected a date"),
        (prices(confidence="some"), "prices.a.hour.confidence: expected high"),
        (prices(free="0"), "prices.a.hour.free: expected a number above 0"),
        (
            prices(tiers=[{"above": "2", "usd": "1"}, {"above": "1", "usd": "1"}]),
            "prices.a.hour: tiers: must ascend by quantity",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_key(
    tmp_path: Path, content: Any, message: str
) -> None:
    assert refused(tmp_path, content).startswith(message)


def test_every_mistake_in_a_file_is_named(tmp_path: Path) -> None:
    content = {**FILE, "prices": {"a": {**PRICE, "usd": "x"}, "b": {**PRICE, "unit": ""}}}

    assert refused(tmp_path, content).count("prices.") == 2


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.json: cannot be read"):
        read_prices(tmp_path / "nothing.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"bytes\.json: is not UTF-8 text"):
        read_prices(tmp_path / "bytes.json")


def test_a_folder_of_files_is_named_after_their_regions(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no price file"):
        load_prices(tmp_path)
    written(tmp_path, {**prices(), "region": "venus-east1"})
    with pytest.raises(UsageError, match="region: is venus-east1, but the file is mars-north1"):
        load_prices(tmp_path)
    written(tmp_path, prices())
    assert load_prices(tmp_path).price("a.hour", "mars-north1").usd == Decimal("0.0105")
