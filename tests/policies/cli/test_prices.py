"""`apex prices`: what a user sees of prices' age, of a type, and of an import."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apex_guardrails.cost import read_prices
from apex_guardrails.cost.price_files import PRICES_FOLDER, price_text
from tests.policies.cost.catalog.exports import page, rate, sku, written
from tests.policies.judged import RAW, Apex, contents, judged, write

EXPORT = page(sku())


def priced(key: str, usd: str, days: int, confidence: str = "high") -> str:
    """A price file for us-central1 with one price of that age."""
    day = (datetime.now(UTC).date() - timedelta(days)).isoformat()
    price = {"usd": usd, "unit": "hour", "source": "a page", "date": day, "confidence": confidence}
    head = {"region": "us-central1", "currency": "USD", "compiled": day}
    return json.dumps({**head, "prices": {key: price}})


@pytest.fixture
def all_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no price had come with the pack."""
    from apex_guardrails.cost import Prices
    from apex_guardrails.settings import cost

    monkeypatch.setattr(cost, "packaged_prices", lambda: Prices([]))


@pytest.mark.usefixtures("all_new")
def test_old_prices_are_a_warning_and_exit_code_1(apex: Apex, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "own/us-central1.json": priced("a.hour", "1", 181),
            "policy-pack.yaml": "cost: {prices: {path: own, max_age: 180}}",
        },
    )

    apex(tmp_path, "prices", "check").expect(
        1,
        "older than 180 days: 1 prices\n",
        "a.hour  us-central1",
        "  181   a page",
        "prices import",
    )
    apex(tmp_path, "prices", "check", "--older-than", "181").expect(
        0, "no price is older than 181 days\n"
    )
    apex(tmp_path, "prices", "check", "--older-than", "-1").expect(2)
    settings = "cost: {prices: {path: own, max_age: 400}}"
    write(tmp_path, {"other.yaml": settings})
    apex(tmp_path, "prices", "check", "--settings", "other.yaml").expect(
        0, "no price is older than 400 days\n"
    )


@pytest.mark.usefixtures("all_new")
def test_a_price_of_low_confidence_is_a_warning_alone(apex: Apex, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"p.json": priced("b.hour", "1", 3, "low"), "policy-pack.yaml": "cost: {prices: p.json}"},
    )

    apex(tmp_path, "prices", "check").expect(
        0, "note: of low confidence: 1 prices\n", "b.hour", "\n1 prices, the oldest of "
    )


def test_the_packaged_prices_are_checked_where_there_are_no_settings(
    apex: Apex, tmp_path: Path
) -> None:
    # They fail nobody who has not said how old one may be.
    outcome = apex(tmp_path, "prices", "check").expect(
        0,
        "note: of low confidence: ",
        "run.worker.vcpu_second",
        "no age limit is set: use cost.prices.max_age, or --older-than DAYS\n",
    )
    assert "older than" not in outcome.out.replace("--older-than", "")
    apex(tmp_path, "prices", "check", "--older-than", "36500").expect(
        0, "no price is older than 36500 days\n"
    )


@pytest.mark.parametrize(
    "name",
    ["gcp.redis.Instance", "redis.Instance", "gcp:redis/instance:Instance"],
)
def test_a_type_is_shown_with_its_prices(apex: Apex, tmp_path: Path, name: str) -> None:
    outcome = apex(tmp_path, "prices", "show", name, "--region", "us-central1").expect(
        0, "gcp:redis/instance:Instance: US dollars\n"
    )
    rows = [line.split() for line in outcome.out.splitlines()]
    assert [
        "redis.basic.m1.gib_hour",
        "us-central1",
        "0.049",
        "GiB-hour",
        "2026-09-04",
        "high",
    ] in [row[:6] for row in rows]
    assert "redis.cluster" not in outcome.out


def test_free_quantities_and_tiers_are_shown(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "prices", "show", "gcp.secretmanager.SecretVersion").expect(
        0, "0     the first 6, by billing account"
    )
    apex(tmp_path, "prices", "show", "gcp.dns.ManagedZone").expect(0, "above 25")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["gcp.compute.Network"], 0, "gcp:compute/network:Network: is free, whatever its use\n"),
        (["gcp.spanner.Instance"], 0, "gcp:spanner/instance:Instance: has no price: it is unpri"),
        (["random:index/randomId:RandomId"], 0, "RandomId: is free, whatever its use\n"),
        (
            ["gcp.sql.DatabaseInstnce"],
            2,
            'there is no such resource type, did you mean "gcp.sql.DatabaseInstance"?\n',
        ),
        (
            ["gcp:sql/databaseInstance:Databaseinstance"],
            2,
            'did you mean "gcp:sql/databaseInstance:DatabaseInstance"?\n',
        ),
        (["?"], 2, "?: there is no such resource type; such as gcp.sql.DatabaseInstance\n"),
        (
            ["gcp.compute.Image", "--region", "europe-west1"],
            0,
            "has no price in europe-west1: it is unpriced there\n",
        ),
        (
            ["gcp.redis.Instance", "--region", "us-central"],
            2,
            '--region us-central: there are no prices for it, did you mean "us-central1"?\n',
        ),
        (["gcp.redis.Instance", "--region", "?"], 2, "no prices for it (known: africa-south1, "),
    ],
)
def test_what_is_free_unpriced_or_misspelt_is_said(
    apex: Apex, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    apex(tmp_path, "prices", "show", *arguments).expect(code, said)


def test_an_import_shows_what_differs_and_writes_it(apex: Apex, tmp_path: Path) -> None:
    written(tmp_path, EXPORT)
    apex.writing(tmp_path, "prices", "import", "export.json", "--prices-dir", "own").expect(
        0,
        "1 prices found: 1 differ, 0 are as they were\n",
        "sql.vcpu.zonal.hour  us-central1  0.0413  0.045  +9.0 %  DF80-E0D1-CCE3",
        "not in the export: us-central1: sql.ram.zonal.gib_hour, ",
        "written: own/us-central1.json",
        "policy-pack.yaml makes them count: cost: {prices: own}\n",
    )
    found = read_prices(tmp_path / "own/us-central1.json")
    assert list(found.prices) == ["sql.vcpu.zonal.hour"]

    before = contents(tmp_path)
    write(tmp_path, {"policy-pack.yaml": "cost: {prices: own}"})
    apex.writing(tmp_path, "prices", "import", "export.json").expect(
        0, "1 prices found: 0 differ, 1 are as they were\n"
    )
    assert contents(tmp_path) == {**before, "policy-pack.yaml": b"cost: {prices: own}"}
    apex(tmp_path, "prices", "show", "gcp.sql.DatabaseInstance").expect(0, "0.045")


def test_a_dry_run_shows_the_same_and_writes_nothing(apex: Apex, tmp_path: Path) -> None:
    written(tmp_path, EXPORT)
    dry = apex(tmp_path, "prices", "import", "export.json", "--prices-dir", "own", "--dry-run")

    dry.expect(0, "1 differ", "+9.0 %", "would be written: own/us-central1.json")
    assert not (tmp_path / "own").exists()


def test_a_new_region_is_imported_where_it_is_asked_for(apex: Apex, tmp_path: Path) -> None:
    item = sku("Cloud SQL for PostgreSQL: Zonal - vCPU in Taiwan", regions=("us-east7",))
    written(tmp_path, page(item, token="more"))
    run = ["prices", "import", "export.json", "--prices-dir", "own"]

    apex(tmp_path, *run).expect(0, "0 prices found", "the export has a next page")
    apex.writing(tmp_path, *run, "--region", "us-east7").expect(
        0, "sql.vcpu.zonal.hour  us-east7  -    0.045  new"
    )
    apex(tmp_path, *run, "--region", "Taiwan").expect_only(
        2, "--region Taiwan: is not a region such as us-central1\n"
    )


def test_a_price_that_was_free_has_no_percent_and_other_tiers_are_a_difference(
    apex: Apex, tmp_path: Path
) -> None:
    written(tmp_path, page(sku()))
    write(tmp_path, {"own/us-central1.json": priced("sql.vcpu.zonal.hour", "0", 0)})
    run = ["prices", "import", "export.json", "--prices-dir", "own"]
    apex(tmp_path, *run, "--dry-run").expect(0, "0    0.045  was free  DF80-E0D1-CCE3")

    item = sku() | {"pricingInfo": sku("x", rate(45_000_000), rate(40_000_000, 9))["pricingInfo"]}
    written(tmp_path, page(item))
    write(tmp_path, {"own/us-central1.json": priced("sql.vcpu.zonal.hour", "0.045", 0)})
    apex(tmp_path, *run, "--dry-run").expect(0, "0.045  0.045  free quantity or tiers")


def test_what_cannot_be_used_is_said(apex: Apex, tmp_path: Path) -> None:
    written(tmp_path, page(sku(unit="GiBy")))
    apex(tmp_path, "prices", "import", "export.json", "--prices-dir", "own").expect(
        0,
        "left as it was: us-central1: sql.vcpu.zonal.hour: DF80-E0D1-CCE3 is billed by GiBy, "
        "which is not a measure of h\n",
    )


def test_odd_skus_are_named_and_the_others_count(apex: Apex, tmp_path: Path) -> None:
    odd = [sku(sku_id=f"AAAA-AAAA-00{number}") | {"description": ""} for number in range(10, 35)]
    written(tmp_path, page(*odd, sku()))
    run = ["prices", "import", "export.json", "--prices-dir", "own", "--dry-run"]
    out = apex(tmp_path, *run).expect(0, "1 prices found", "skipped: 5 more like these\n").out

    assert "skipped: page 1: skus[0] (AAAA-AAAA-0010): description: expected at least" in out
    assert out.count("\nskipped: ") == 21


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(EXPORT)[:-30], "export.json:1: not valid JSON: "),
        (page(sku("x", rate(-5))), "tieredRates[0].unitPrice.nanos: expected at least"),
        (page(sku("x", rate(1, currency="EUR"))), "1 SKU in 'EUR': prices here are in US dollars"),
    ],
)
def test_a_broken_export_changes_nothing(
    apex: Apex, tmp_path: Path, content: object, message: str
) -> None:
    write(tmp_path, {"own/us-central1.json": priced("a.hour", "1", 0)})
    written(tmp_path, content)

    apex(tmp_path, "prices", "import", "export.json", "--prices-dir", "own").expect_only(2, message)


def test_where_to_write_must_be_a_folder_whose_files_are_valid(apex: Apex, tmp_path: Path) -> None:
    written(tmp_path, EXPORT)
    run = ["prices", "import", "export.json"]
    apex(tmp_path, *run).expect_only(2, "no folder to write to: name one with --prices-dir DIR")
    apex(tmp_path, *run, "--prices-dir", "export.json").expect_only(
        2, "export.json: is a file; --prices-dir must name a folder"
    )
    write(tmp_path, {"own/us-central1.json": "{"})
    apex(tmp_path, *run, "--prices-dir", "own").expect_only(
        2, "own/us-central1.json:1: not valid JSON"
    )
    write(
        tmp_path, {"p.json": priced("a.hour", "1", 0), "policy-pack.yaml": "cost: {prices: p.json}"}
    )
    apex(tmp_path, *run).expect_only(2, "p.json: is a file; cost.prices must name a folder")


def test_a_stack_costs_by_its_own_prices(apex: Apex, tmp_path: Path) -> None:
    disk = (
        RAW
        + """
    Raw("data", "gcp:compute/disk:Disk", {"size": 100, "zone": "us-central1-a"})
    """
    )
    own = {"own/us-central1.json": priced("pd-standard.gib_month", "0.5", 0)}
    settings = {"policy-pack.yaml": "cost: {prices: own, usage: {log_gib: 0}}"}
    folder = judged(tmp_path, disk, files={**own, **settings})

    apex(folder, "cost").expect(
        0,
        "dev costs 50.00 USD a month",
        "note: prices in own take precedence over the packaged ones\n",
    )
    broken = {"policy-pack.yaml": "cost: {prices: nowhere}"}
    apex(write(folder, broken), "cost").expect_only(
        2, "nowhere: there is no such price file or folder; `apex prices import` writes one\n"
    )


@pytest.mark.parametrize("path", sorted(PRICES_FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_price_file_is_read_as_it_is_written(path: Path, tmp_path: Path) -> None:
    file = read_prices(path)
    copy = tmp_path / path.name
    copy.write_text(price_text(file), "utf-8")

    assert read_prices(copy) == file
