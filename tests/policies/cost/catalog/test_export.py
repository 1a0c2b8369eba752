"""What is read of an export, and what is said of one that is not valid."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.cost.catalog import read_export
from apex_guardrails.cost.catalog.export import Sku, UnitPrice
from apex_guardrails.cost.catalog.pages import LARGEST
from apex_guardrails.support.errors import UsageError
from tests.policies.cost.catalog.exports import page, rate, sku, written

FIRST = sku(sku_id="AAAA-0000-0001")
SECOND = sku(sku_id="AAAA-0000-0002")


def refused(folder: Path, content: Any) -> str:
    path = written(folder, content)
    with pytest.raises(UsageError) as caught:
        read_export(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(": ")


@pytest.mark.parametrize(
    "content",
    [
        page(FIRST, SECOND),
        [page(FIRST, token="t"), page(SECOND)],
        json.dumps(page(FIRST, token="t")) + "\n" + json.dumps(page(SECOND)) + "\n",
        json.dumps([page(FIRST, token="t")]) + json.dumps(page(SECOND, FIRST)),
        "\ufeff" + json.dumps(page(FIRST, SECOND)),
        [FIRST, SECOND],
        json.dumps(FIRST) + "\n" + json.dumps(SECOND) + "\n",
        [{"skus": [FIRST], "next_page_token": "t"}, {"skus": [SECOND]}],
        [page(FIRST, token="t"), {"nextPageToken": "u"}, page(SECOND)],
    ],
)
def test_a_page_an_array_and_pages_one_after_another_are_read_alike(
    tmp_path: Path, content: Any
) -> None:
    export = read_export(written(tmp_path, content))

    assert [item.sku_id for item in export.skus] == ["AAAA-0000-0001", "AAAA-0000-0002"]
    assert export.is_whole


def test_an_export_that_ends_before_the_last_page_is_known(tmp_path: Path) -> None:
    assert not read_export(written(tmp_path, page(FIRST, token="t"))).is_whole


def test_a_sku_is_read_as_it_is_documented(tmp_path: Path) -> None:
    item = sku("Requests", rate(0), rate(400, 2_000_000.5), unit="count", regions=("global",))
    (found,) = read_export(written(tmp_path, page(item))).skus
    expression = found.pricing_info[0].pricing_expression

    assert (found.description, found.service_regions) == ("Requests", ("global",))
    assert expression.tiered_rates[1].start_usage_amount == Decimal("2000000.5")
    assert expression.tiered_rates[1].unit_price.usd == Decimal("0.0000004")


def changed(path: str, value: Any) -> dict[str, Any]:
    """A SKU with another value at a path; `...` takes it away."""
    content = deepcopy(FIRST)
    *outer, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner: Any = content
    for step in outer:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return content


RATE = "pricingInfo.0.pricingExpression.tieredRates.0"
SHOWN_RATE = "pricingInfo[0].pricingExpression.tieredRates[0]"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("description", ..., "description: is missing"),
        ("description", "\x1b[2J", "description: expected text that matches"),
        ("category", ..., "category: is missing"),
        ("category.usageType", 1, "category.usageType: expected text"),
        ("serviceRegions", "us", "serviceRegions: expected a list"),
        ("pricingInfo.0.effectiveTime", "soon", "pricingInfo[0].effectiveTime: expected a time"),
        (
            "pricingInfo.0.effectiveTime",
            {"seconds": "9" * 40},
            "pricingInfo[0].effectiveTime: expected a time",
        ),
        (
            "pricingInfo.0.pricingExpression.usageUnit",
            ...,
            "pricingInfo[0].pricingExpression.usageUnit: is missing",
        ),
        (
            "pricingInfo.0.pricingExpression.tieredRates",
            [rate(1), rate(2)],
            "pricingInfo[0].pricingExpression: tieredRates: must begin at 0 and ascend",
        ),
        (
            "pricingInfo.0.pricingExpression.tieredRates",
            [rate(1, 5)],
            "pricingInfo[0].pricingExpression: tieredRates: must begin at 0 and ascend",
        ),
        (f"{RATE}.unitPrice", ..., f"{SHOWN_RATE}.unitPrice: is missing"),
        (f"{RATE}.unitPrice.currencyCode", ..., f"{SHOWN_RATE}.unitPrice.currencyCode: is missing"),
        (f"{RATE}.unitPrice.nanos", -1, f"{SHOWN_RATE}.unitPrice.nanos: expected at least"),
        (
            f"{RATE}.unitPrice.nanos",
            1_000_000_000,
            f"{SHOWN_RATE}.unitPrice.nanos: expected at most 999999999",
        ),
        (
            f"{RATE}.unitPrice.nanos",
            0.5,
            f'{SHOWN_RATE}.unitPrice.nanos: expected a whole number, such as "0"',
        ),
        (f"{RATE}.unitPrice.nanos", True, f"{SHOWN_RATE}.unitPrice.nanos: expected a whole number"),
        (f"{RATE}.unitPrice.units", "-1", f"{SHOWN_RATE}.unitPrice.units: expected at least"),
        (f"{RATE}.unitPrice.units", "dear", f"{SHOWN_RATE}.unitPrice.units: expected a"),
        (f"{RATE}.unitPrice.units", [], f"{SHOWN_RATE}.unitPrice.units: expected a whole number"),
        (f"{RATE}.startUsageAmount", "0", f"{SHOWN_RATE}.startUsageAmount: expected a number"),
        (f"{RATE}.startUsageAmount", True, f"{SHOWN_RATE}.startUsageAmount: expected a number"),
        (f"{RATE}.startUsageAmount", -1, f"{SHOWN_RATE}.startUsageAmount: expected at least"),
    ],
)
def test_an_odd_sku_is_named_with_page_place_and_key_and_left_out(
    tmp_path: Path, path: str, value: Any, message: str
) -> None:
    odd = changed(path, value)
    export = read_export(written(tmp_path, [page(SECOND), page(SECOND, odd)]))

    assert [item.sku_id for item in export.skus] == ["AAAA-0000-0002"]
    (said,) = export.skipped
    assert said.startswith(f"page 2: skus[1] (AAAA-0000-0001): {message}")
    assert refused(tmp_path, [odd]).startswith(f"SKU 1 (AAAA-0000-0001): {message}")


def without_zeros(value: Any) -> Any:
    """As client libraries write it."""
    if isinstance(value, dict):
        kept = {key: without_zeros(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in ("", "0", 0, [], None)}
    return [without_zeros(item) for item in value] if isinstance(value, list) else value


def in_snake_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key): in_snake_case(inner)
            for key, inner in value.items()
        }
    return [in_snake_case(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 999_999_999)), min_size=1, max_size=4),
    st.sampled_from(("", "ACCOUNT", "PROJECT")),
)
def test_the_dump_of_a_client_library_is_the_same_sku(
    amounts: list[tuple[int, int]], level: str
) -> None:
    rates = [rate(nanos, start * 10, str(units)) for start, (units, nanos) in enumerate(amounts)]
    plain = sku("Requests", *rates, level=level, effective="2026-11-20T10:00:00Z")
    expected = Sku.model_validate(plain)
    if not level:
        expected = Sku.model_validate(sku("Requests", *rates, effective="2026-11-20T10:00:00Z"))

    dump = in_snake_case(without_zeros(plain))
    assert Sku.model_validate(without_zeros(plain)) == expected
    assert Sku.model_validate(dump) == expected
    info = dump["pricing_info"][0]
    info["aggregation_info"] |= {
        "aggregation_level": ["", "ACCOUNT", "PROJECT"].index(level or "ACCOUNT"),
        "aggregation_interval": 2,
    }
    info["effective_time"] = {"seconds": "1795168800", "nanos": 0}
    assert Sku.model_validate(dump) == expected


def test_a_sku_without_prices_or_regions_is_read(tmp_path: Path) -> None:
    bare = {name: FIRST[name] for name in ("skuId", "description", "category")}
    (found,) = read_export(written(tmp_path, page(bare))).skus

    assert (found.pricing_info, found.service_regions) == ((), ())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty; `services.skus.list` writes such a file"),
        (json.dumps(page(FIRST))[:-20], "1: not valid JSON: "),
        (json.dumps(page(FIRST)) + "\n{", "2: not valid JSON: "),
        ('{"skus": [NaN]}', "not valid JSON: NaN is not a number in JSON"),
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ('{"skus": [' + "9" * 5000 + "]}", "not valid JSON: "),
        ({"services": []}, "services: unknown key; a page of the Cloud Billing Catalog is"),
        ({}, "skus: is missing; a page of the Cloud Billing Catalog is"),
        ({"skus": {}}, "skus: expected a list, found a mapping; a page of"),
        (
            {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "No\x1b key."}},
            "is no export, but an answer with an error: PERMISSION_DENIED No",
        ),
        ("7", "page: expected keys and values, found a number; a page of"),
        (page("x"), "page 1: skus[0]: expected keys and values"),
        (page(changed("skuId", "x")), "page 1: skus[0] (x): skuId: expected text that matches"),
        (page({}), "page 1: skus[0]: skuId: is missing"),
        (
            page(sku("x", rate(1, currency="EUR"))),
            "1 SKU in 'EUR': prices here are in US dollars; export with currencyCode=USD",
        ),
        (
            page(FIRST, sku(sku_id="AAAA-0000-0001", unit="mo")),
            "page 1: skus[1]: the SKU AAAA-0000-0001 is listed twice, with differences",
        ),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    assert refused(tmp_path, content).startswith(message)


def test_of_several_currencies_us_dollars_count(tmp_path: Path) -> None:
    francs = sku("x", rate(1), rate(2, 5, currency="CHF"))
    euros = [sku(sku_id=f"AAAA-0000-000{number}") for number in (1, 2)]
    for item in euros:
        item["pricingInfo"][0]["pricingExpression"]["tieredRates"] = [rate(9, currency="EUR")]
    export = read_export(written(tmp_path, page(francs, *euros, FIRST)))

    assert [item.sku_id for item in export.skus] == ["AAAA-0000-0001"]
    assert export.skus[0].currencies == {"USD"}
    assert export.skipped == (
        "1 SKU in 'CHF': prices here are in US dollars; export with currencyCode=USD",
        "2 SKUs in 'EUR': prices here are in US dollars; export with currencyCode=USD",
    )


def test_of_a_sku_that_is_listed_twice_with_differences_neither_counts(tmp_path: Path) -> None:
    export = read_export(written(tmp_path, page(FIRST, SECOND, FIRST | {"description": "other"})))

    assert [item.sku_id for item in export.skus] == ["AAAA-0000-0002"]
    assert export.skipped == (
        "page 1: skus[2]: the SKU AAAA-0000-0001 is listed twice, with differences",
    )


def test_of_many_mistakes_the_first_are_named(tmp_path: Path) -> None:
    said = refused(tmp_path, page(*({"skuId": f"x{number}"} for number in range(100))))

    assert len(said.splitlines()) == 5


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.json: cannot be read"):
        read_export(tmp_path / "nothing.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"bytes\.json: is not UTF-8 text"):
        read_export(tmp_path / "bytes.json")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UsageError, match=r"large\.json: is larger than"):
        read_export(tmp_path / "large.json")


@given(st.integers(0, 10**12 - 1), st.integers(0, 999_999_999), st.booleans())
def test_units_and_nanos_are_exactly_the_amount(units: int, nanos: int, as_text: bool) -> None:
    content = {"currencyCode": "USD", "units": str(units) if as_text else units, "nanos": nanos}

    assert UnitPrice.model_validate(content).usd == Decimal(f"{units}.{nanos:09}")
