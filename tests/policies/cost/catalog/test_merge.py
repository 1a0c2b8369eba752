"""From SKUs to prices: which is which, in our units, and what differs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.cost import Price, PriceFile, Prices, packaged_prices
from apex_guardrails.cost.catalog import Imported, Sku, merge, read_export, read_mapping
from apex_guardrails.cost.catalog.mapping import SkuEntry
from apex_guardrails.cost.types import all_estimators
from tests.policies.cost.catalog.exports import VCPU, page, rate, sku, written

TODAY = date(2026, 11, 25)
NONE = Prices([])


def imported(*skus: dict[str, Any], used: Prices = NONE, region: str = "us-central1") -> Imported:
    return merge([Sku.model_validate(item) for item in skus], [region], used, {}, TODAY)


def one(*skus: dict[str, Any], **changed: Any) -> Price:
    (change,) = imported(*skus, **changed).changes
    return change.new


def problem(*skus: dict[str, Any]) -> str:
    found = imported(*skus)
    assert found.changes == ()
    (said,) = found.problems
    return said


def test_a_price_names_its_sku_and_the_day_from_which_it_counts() -> None:
    price = one(sku())

    assert price.usd == Decimal("0.045")
    assert price.unit == "vCPU-hour"
    assert price.sku == "DF80-E0D1-CCE3"
    assert "DF80-E0D1-CCE3" in price.source
    assert (price.date, price.confidence) == (date(2026, 11, 20), "high")
    assert one(sku(effective=None)).date == TODAY


@pytest.mark.parametrize(
    ("item", "key", "usd", "free"),
    [
        (
            sku("Networking Cloud Armor Requests", rate(750), service="Networking", unit="count"),
            "armor.million_requests",
            "0.75",
            None,
        ),
        (
            sku(
                "Secret access operations",
                rate(0),
                rate(3_000, 10_000),
                service="Secret Manager",
                unit="count",
            ),
            "secret.access_10k",
            "0.03",
            "1",
        ),
        (
            sku(
                "Message Delivery Basic",
                rate(0),
                rate(39_062_500, 10),
                service="Cloud Pub/Sub",
                unit="GiBy",
            ),
            "pubsub.tib",
            "40",
            "0.009765625",
        ),
        (
            sku(
                "Active software symmetric key versions",
                rate(60_000_000),
                service="Cloud Key Management Service (KMS)",
                unit="mo",
            ),
            "kms.version_month",
            "0.06",
            None,
        ),
        (
            sku("Log Retention cost", rate(10_000_000), service="Cloud Logging", unit="GiBy.mo"),
            "log.retention_gib_month",
            "0.01",
            None,
        ),
    ],
)
def test_prices_are_in_our_units(
    item: dict[str, Any], key: str, usd: str, free: str | None
) -> None:
    item["serviceRegions"] = ["global"]
    found = imported(item)

    (change,) = found.changes
    assert (change.region, change.key) == ("worldwide", key)
    assert change.new.usd == Decimal(usd)
    assert change.new.free == (None if free is None else Decimal(free))


def metric(*rates: dict[str, Any], **changed: Any) -> dict[str, Any]:
    given = {"service": "Cloud Monitoring", "unit": "MiBy", "regions": ("global",), **changed}
    return sku("Metric Volume", *rates, **given)


def test_a_first_tier_at_nothing_is_the_free_quantity_and_the_others_count_from_there() -> None:
    price = one(
        metric(rate(0), rate(258_000_000, 150), rate(151_000_000, 100_150), level="PROJECT")
    )

    assert (price.usd, price.free, price.free_for) == (Decimal("0.258"), Decimal(150), "project")
    assert [(tier.above, tier.usd) for tier in price.tiers] == [
        (Decimal(100_000), Decimal("0.151"))
    ]
    # 150 MiB are free, then 100,000 at one price and 1,000 at the other.
    assert price.cost(Decimal(101_000)) == 100_000 * Decimal("0.258") + 1_000 * Decimal("0.151")


def test_tiers_that_cost_the_same_are_one() -> None:
    price = one(metric(rate(5), rate(5, 10), rate(4, 20)))

    assert (price.free, [tier.above for tier in price.tiers]) == (None, [Decimal(20)])
    free = one(metric(rate(0), rate(0, 10)))
    assert (free.usd, free.free, free.tiers) == (Decimal(0), None, ())


def test_of_several_prices_in_time_the_last_one_in_force_counts() -> None:
    item = sku(effective="2026-01-01T00:00:00Z")
    for day, nanos in (("2026-06-01", 50), ("2027-01-01", 60)):
        (later,) = sku("", rate(nanos), effective=f"{day}T00:00:00Z")["pricingInfo"]
        item["pricingInfo"].append(later)

    price = one(item)
    assert (price.usd, price.date) == (Decimal("0.00000005"), date(2026, 6, 1))


def test_a_sku_of_another_region_usage_group_or_description_is_another() -> None:
    disk: dict[str, Any] = {"service": "Compute Engine", "unit": "GiBy.mo"}
    for item in (
        sku(regions=("asia-east1",)),
        sku(usage="Commit1Yr"),
        sku("Cloud SQL for MySQL: Zonal - vCPU in Americas"),
        sku("FDC Trial in Cloud SQL for PostgreSQL: Zonal - vCPU in Americas"),
        sku(service="Cloud Spanner"),
        sku("SSD backed PD Capacity", group="LocalSSD", **disk),
        sku("Hyperdisk Balanced Capacity", group="SSD", **disk),
        sku(
            "Standard Storage Iowa Dual-region",
            service="Cloud Storage",
            group="RegionalStorage",
            unit="GiBy.mo",
        ),
        sku("Services CPU (Instance-based billing) in us-east1", service="Cloud Run", unit="s"),
    ):
        assert imported(item).changes == ()


def test_a_sku_of_all_regions_is_each_regions_price() -> None:
    item = sku(
        "Networking Cloud NAT IP Usage",
        rate(5_000_000),
        service="Networking",
        regions=("global",),
    )
    found = merge([Sku.model_validate(item)], ["us-central1", "asia-east1"], NONE, {}, TODAY)

    assert [change.region for change in found.changes] == ["asia-east1", "us-central1"]
    assert found.files["asia-east1"].prices["nat.ip_hour"].usd == Decimal("0.005")


@pytest.mark.parametrize(
    ("skus", "said"),
    [
        ([sku(unit="GiBy")], "DF80-E0D1-CCE3 is billed by GiBy, which is not a measure of h"),
        ([sku(unit="x")], "DF80-E0D1-CCE3 is billed by x, which is not a known unit"),
        ([sku(unit="mo")], "DF80-E0D1-CCE3 its price cannot be converted exactly"),
        (
            [sku(), sku("Cloud SQL for PostgreSQL: Zonal - vCPU in Iowa", rate(1), sku_id="A" * 4)],
            "several SKUs fit, and differ: AAAA-AAAA-AAAA, DF80-E0D1-CCE3",
        ),
        (
            [sku(effective="2027-01-01T00:00:00Z")],
            "DF80-E0D1-CCE3 has no price in force",
        ),
        (
            [sku("", rate(0), rate(1, 5), interval="DAILY")],
            "DF80-E0D1-CCE3 has quantities that are counted by the day",
        ),
        ([sku("", rate(0, units="1000000"))], "DF80-E0D1-CCE3: usd: expected a number below"),
    ],
)
def test_a_sku_that_cannot_be_used_is_left_with_the_reason(
    skus: list[dict[str, Any]], said: str
) -> None:
    for item in skus:
        item["description"] = item["description"] or sku()["description"]
        if item["skuId"] == "AAAA":
            item["skuId"] = "AAAA-AAAA-AAAA"

    assert problem(*skus).startswith(f"us-central1: sql.vcpu.zonal.hour: {said}")


def test_two_skus_at_the_same_price_are_one() -> None:
    assert one(sku(), sku(sku_id="AAAA-AAAA-AAAA")).sku == "AAAA-AAAA-AAAA"


def test_differences_are_old_to_new_with_percent() -> None:
    (change,) = imported(
        sku("", rate(82_600_000)) | {"description": sku()["description"]}, used=packaged_prices()
    ).changes
    assert change.old is not None
    assert (change.old.usd, change.new.usd) == (Decimal("0.0413"), Decimal("0.0826"))
    assert (change.differs, change.percent) == (True, Decimal(100))

    (same,) = imported(
        sku("", rate(41_300_000)) | {"description": sku()["description"]}, used=packaged_prices()
    ).changes
    assert (same.differs, same.percent) == (False, Decimal(0))
    (new,) = imported(sku()).changes
    assert (new.differs, new.percent) == (True, None)


def test_our_prices_of_the_exports_services_that_it_lacks_are_named() -> None:
    found = imported(sku(), used=packaged_prices())

    assert ("us-central1", "sql.ram.zonal.gib_hour") in found.missing
    assert ("us-central1", "sql.vcpu.zonal.hour") not in found.missing
    assert all(key.startswith("sql.") for _, key in found.missing)


def test_other_prices_of_a_file_stay_and_notes_and_free_quantities_that_are_ours() -> None:
    used = packaged_prices()
    old = used.files["us-central1"]
    requests = sku("Requests", rate(500), service="Cloud Run", regions=("global",), unit="count")
    found = merge([Sku.model_validate(requests)], ["us-central1"], used, {old.region: old}, TODAY)
    new = found.files["us-central1"]

    assert new.prices["run.request"].usd == Decimal("0.0000005")
    assert new.prices["run.request"].free == old.prices["run.request"].free
    assert new.prices["run.request"].note == old.prices["run.request"].note
    assert {**new.prices, "run.request": None} == {**old.prices, "run.request": None}


AMOUNTS = st.integers(0, 10**15 - 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.booleans())
def test_an_import_of_the_same_export_changes_nothing_more(
    amounts: list[int], with_old: bool
) -> None:
    rates = [
        rate(amount % 10**9, start * 10, str(amount // 10**9))
        for start, amount in enumerate(amounts)
    ]
    skus = [Sku.model_validate(metric(*rates))]
    used = packaged_prices() if with_old else NONE
    first = merge(skus, ["us-central1"], used, {}, TODAY)
    again = merge(
        skus, ["us-central1"], used.overridden(first.files.values()), first.files, date.max
    )

    assert again.files == first.files
    assert not any(change.differs for change in again.changes)


def test_every_entry_is_a_price_that_some_type_asks_for_in_the_unit_of_the_price_file() -> None:
    files = packaged_prices().files
    for entry in read_mapping():
        of_stack = entry.key in ("log.gib", "metric.mib", "prometheus.million_samples")
        assert of_stack or any(item.uses(entry.key) for item in all_estimators().values()), entry
        for file in files.values():
            if entry.key in file.prices:
                assert file.prices[entry.key].unit == entry.unit, entry.key


def test_no_price_has_two_entries_for_a_file() -> None:
    places = [(entry.key, entry.place) for entry in read_mapping()]

    assert len(places) == len(set(places))


def test_an_entry_fits_the_sku_of_its_region() -> None:
    entry = SkuEntry(
        key="k",
        unit="u",
        service="Cloud Run",
        descriptions=("Jobs CPU in {region}",),
        measures=("s",),
    )
    item = Sku.model_validate(sku("Jobs CPU in us-east1", service="Cloud Run", regions=("global",)))

    assert entry.fits(item, "us-east1")
    assert not entry.fits(item, "us-east4")


def test_a_file_is_compiled_on_the_day_of_its_newest_price() -> None:
    old = PriceFile.model_validate(
        {"region": "us-central1", "currency": "USD", "compiled": "2026-12-01", "prices": {}}
    )
    item = Sku.model_validate(sku())

    assert imported(sku()).files["us-central1"].compiled == date(2026, 11, 20)
    kept = merge([item], ["us-central1"], NONE, {"us-central1": old}, TODAY)
    assert kept.files["us-central1"].compiled == date(2026, 12, 1)


def test_a_sku_is_compared_once_however_many_regions_are_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []
    somewhere = SkuEntry.fits_somewhere

    def counted(entry: SkuEntry, item: Sku) -> bool:
        compared.append(entry.key)
        return somewhere(entry, item)

    monkeypatch.setattr(SkuEntry, "fits_somewhere", counted)
    skus = [
        Sku.model_validate(sku(f"Product {number}", sku_id=f"AAAA-AAAA-{number:04}"))
        for number in range(50)
    ]
    regions = [f"moon-north{number}" for number in range(40)]
    assert merge(skus, regions, NONE, {}, TODAY).changes == ()
    # An entry of the service looks at each SKU once.
    assert set(map(compared.count, compared)) == {50}


@pytest.mark.parametrize(
    "other",
    [
        sku(VCPU, rate(-1), sku_id="AAAA-0000-0009"),
        sku(VCPU, rate(1, currency="EUR"), sku_id="AAAA-0000-0009"),
        sku(VCPU, effective="soon", sku_id="AAAA-0000-0009"),
    ],
)
def test_a_price_that_a_skipped_sku_could_be_as_well_is_not_taken(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    export = read_export(written(tmp_path, page(sku(), other)))
    found = merge(export.skus, ["us-central1"], NONE, {}, TODAY, export.unused)

    assert found.changes == ()
    (said,) = found.problems
    assert said == (
        "us-central1: sql.vcpu.zonal.hour: DF80-E0D1-CCE3 fits, and so may what was skipped: "
        "AAAA-0000-0009"
    )
    elsewhere = {**other, "serviceRegions": ["europe-west1"]}
    export = read_export(written(tmp_path, page(sku(), elsewhere)))
    found = merge(export.skus, ["us-central1"], NONE, {}, TODAY, export.unused)
    assert [change.key for change in found.changes] == ["sql.vcpu.zonal.hour"]


def test_a_sku_that_is_there_in_dollars_too_is_no_rival(tmp_path: Path) -> None:
    foreign = sku(VCPU, rate(1, currency="EUR"))

    assert read_export(written(tmp_path, page(sku(), foreign))).unused == ()


def test_an_empty_time_is_none() -> None:
    for empty in ({}, {"seconds": 0}, {"nanos": 7}):
        item = sku()
        item["pricingInfo"][0]["effectiveTime"] = empty
        assert one(item).date == TODAY
