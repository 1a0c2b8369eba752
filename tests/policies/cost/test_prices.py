"""The price files: what they hold, and what is said of broken ones."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.cost import (
    Amounts,
    PriceFile,
    Prices,
    load_prices,
    packaged_prices,
    price_files,
    read_prices,
)
from apex_guardrails.cost.price_files import PRICES_FOLDER
from apex_guardrails.cost.prices import NoPriceError
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
    assert packaged.price("e2.vcpu.hour", "europe-west1").usd == Decimal("0.02399337")


def test_what_costs_the_same_everywhere_is_written_once() -> None:
    packaged = packaged_prices()

    assert packaged.price("secret.version_month", "asia-east1").usd == Decimal("0.06")


def test_a_price_that_is_not_there_is_no_price_and_names_the_region() -> None:
    with pytest.raises(NoPriceError, match=r"no price for lb\.gib in europe-west1"):
        packaged_prices().price("lb.gib", "europe-west1")
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


GROUP = {
    "source": "a catalogue",
    "licence": "MIT",
    "date": "2026-11-02",
    "confidence": "medium",
    "note": "one source only",
    "free": {"a.hour": "5"},
    "units": {"hour": {"a.hour": "0.5", "b.hour": ["0.1", "0.2", "0.3"]}},
}


def test_what_prices_have_in_common_is_written_once(tmp_path: Path) -> None:
    own = {"c.hour": PRICE}
    file = read_prices(written(tmp_path, {**FILE, "prices": own, "groups": [GROUP]}))

    assert list(file.prices) == ["a.hour", "b.hour", "c.hour"]
    price = file.prices["a.hour"]
    assert (price.usd, price.free, price.unit) == (Decimal("0.5"), Decimal(5), "hour")
    assert (price.source, price.licence, price.note) == ("a catalogue", "MIT", "one source only")
    assert price.range is None
    assert file.prices["b.hour"].range == Amounts(Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**FILE, "groups": [{}]}, "groups.0.source: is missing"),
        (
            {**FILE, "prices": {"a.hour": PRICE}, "groups": [GROUP]},
            "the key 'a.hour' is repeated",
        ),
        ({**FILE, "groups": [GROUP, GROUP]}, "the key 'a.hour' is repeated"),
        (
            {**FILE, "groups": [{**GROUP, "units": {"hour": {"a": "dear"}}}]},
            "groups.0.units.hour.a.0: not a decimal number",
        ),
        (
            {**FILE, "groups": [{**GROUP, "units": {"hour": {"a": ["3", "2", "1"]}}}]},
            "groups.0.units.hour.a: from the least to the most",
        ),
        (prices(usd="2", most="1"), "prices.a.hour: usd: must be between least and most"),
        (prices(usd="2", least="3"), "prices.a.hour: usd: must be between least and most"),
        (
            prices(usd="2", least="1", tiers=[{"above": "1", "usd": "1"}]),
            "prices.a.hour: tiers: a price with least and most has none",
        ),
    ],
)
def test_a_broken_group_or_range_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    assert refused(tmp_path, content).startswith(message)


def test_a_price_that_differs_between_readings_costs_a_range(tmp_path: Path) -> None:
    file = read_prices(written(tmp_path, prices(usd="2", least="1", most="4")))
    quantity = Amounts(Decimal(10), Decimal(100), Decimal(1000))

    price = file.prices["a.hour"]
    assert price.costs(quantity) == Amounts(Decimal(10), Decimal(200), Decimal(4000))
    half = read_prices(written(tmp_path, prices(usd="2", most="4"))).prices["a.hour"]
    assert half.costs(quantity) == Amounts(Decimal(20), Decimal(200), Decimal(4000))


def test_a_region_is_read_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(path: Path) -> PriceFile:
        read.append(path.stem)
        return read_prices(path)

    monkeypatch.setattr(price_files, "read_prices", noted)
    packaged_prices.cache_clear()
    packaged = packaged_prices()
    assert len(packaged.files) > 43
    assert not read

    packaged.price("e2.vcpu.hour", "asia-east2")
    own = read_prices(written(tmp_path, prices()))
    packaged.overridden([own]).price("a.hour", "mars-north1")
    assert read == ["asia-east2"]
    packaged_prices.cache_clear()


def test_every_region_has_machines_disks_buckets_databases_and_services() -> None:
    packaged = packaged_prices()
    regions = [place for place in packaged.files if re.search(r"-\w+\d", place)]

    assert len(regions) == 43
    for key in ("pd-ssd.gib_month", "gcs.archive.gib_month", "sql.vcpu.regional.hour"):
        assert all(packaged.price(key, region) for region in regions)
    for key in ("redis.standard.m2.gib_hour", "run.request.vcpu_second", "nat.gib", "egress.gib"):
        assert all(packaged.price(key, region) for region in regions)
    with_n2 = {region for region in regions if "n2.vcpu.spot.hour" in packaged.files[region].prices}
    assert len(with_n2) == 40
    assert packaged.price("egress.gib", "australia-southeast1").usd == Decimal("0.19")
    assert packaged.price("gcs.gib_month", "nam4").usd == Decimal("0.044")


def test_a_folder_of_files_is_named_after_their_regions(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no price file"):
        load_prices(tmp_path)
    written(tmp_path, {**prices(), "region": "venus-east1"})
    with pytest.raises(UsageError, match="region: is venus-east1, but the file is mars-north1"):
        load_prices(tmp_path)
    written(tmp_path, prices())
    assert load_prices(tmp_path).price("a.hour", "mars-north1").usd == Decimal("0.0105")
