"""BigQuery's SQL: what sqlglot makes of the views, read as BigQuery reads it, and run on DuckDB."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from apex_guardrails.fleet.exports.bigquery import generated, statements
from apex_guardrails.fleet.report.results import opened
from apex_guardrails.fleet.tables import TABLES
from apex_guardrails.fleet.views import LAST_RUN, read_view, views
from scripts.fleet_views import DASHBOARD, bigquery
from tests.policies.fleet.results import two_nights
from tests.policies.judged import Apex

PLACE: Final = "gs://acme-apex/fleet"
DATASET: Final = "acme-ops.apex_fleet"
VIEWS: Final = (LAST_RUN, *views())


def _kind(kind: pa.DataType) -> str:
    """As BigQuery reads it from Parquet."""
    kinds = {pa.int32(): "INT64", pa.int64(): "INT64", pa.float64(): "FLOAT64"}
    if pa.types.is_decimal(kind):
        return "NUMERIC"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    return kinds.get(kind) or {"string": "STRING", "bool": "BOOL"}.get(str(kind), "DATE")


def catalogue() -> dict[str, object]:
    """Every table's columns, with the partition's."""
    known: dict[str, object] = {
        table: {**{item.name: _kind(item.type) for item in schema}, "day": "DATE"}
        for table, schema in TABLES.items()
    }
    return {**known, LAST_RUN: {"day": "DATE", "day_before": "DATE"}}


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_in_the_package_is_what_the_views_give(name: str) -> None:
    assert generated(read_view(name)) == bigquery(read_view(name)).rstrip(), "run `make generated`"


@pytest.mark.parametrize("name", VIEWS)
def test_bigquery_finds_every_column_and_function(name: str) -> None:
    tree = sqlglot.parse_one(generated(read_view(name)), read="bigquery")
    known: dict[str, object] = {"fleet_dataset": catalogue()}
    qualify(tree, dialect="bigquery", schema=known, validate_qualify_columns=True)
    assert list(tree.find_all(exp.Anonymous)) == []


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the statements for BigQuery run in it: its tables are the files."""
    place = two_nights(tmp_path / "results")
    with opened(str(place)) as results, duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS \"acme-ops\"")
        connection.execute('CREATE SCHEMA "acme-ops".apex_fleet')
        for line in results.prelude.split(";\n"):
            made = line.replace("TEMP VIEW ", 'VIEW "acme-ops".apex_fleet.')
            if f".{LAST_RUN} " not in made:
                connection.execute(made)
        for statement in statements(PLACE, DATASET):
            if statement.startswith("CREATE OR REPLACE VIEW"):
                [tree] = sqlglot.parse(statement, read="bigquery")
                assert tree is not None
                tree.args["properties"].pop()
                connection.execute(tree.sql("duckdb"))
        yield connection


@pytest.mark.parametrize("name", VIEWS)
def test_the_views_answer_as_the_report_does(
    name: str, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = warehouse.table(f'"acme-ops".apex_fleet.{name}').fetchall()
    with opened(str(tmp_path / "results")) as results:
        expected = results.connection.execute(read_view(name).sql).fetchall()
    assert found == expected
    assert found


def test_the_tables_are_those_of_the_audit_partitioned_by_day() -> None:
    made = [text for text in statements(PLACE, DATASET) if "EXTERNAL TABLE" in text]
    assert len(made) == len(TABLES)
    for table, statement in zip(TABLES, made, strict=True):
        [tree] = sqlglot.parse(statement, read="bigquery")
        assert tree is not None
        assert f"`acme-ops`.`apex_fleet`.`{table}`\n" in statement
        assert f"uris = ['{PLACE}/{table}/*']" in statement
        assert f"hive_partition_uri_prefix = '{PLACE}/{table}'" in statement


def test_the_command_prints_a_script(tmp_path: Path, apex: Apex) -> None:
    words = ("fleet", "export", f"{PLACE}/", "--format", "bigquery", "--dataset")
    done = apex(tmp_path, *words, DATASET).expect(0)
    assert done.out == "".join(statements(PLACE, DATASET))
    assert "fleet_dataset" not in done.out
    alone = apex(tmp_path, *words, "apex_fleet").expect(0)
    assert "CREATE SCHEMA IF NOT EXISTS `apex_fleet`;" in alone.out
    views_only = apex(tmp_path, *words, DATASET, "--views-only").expect(0)
    assert "EXTERNAL" not in views_only.out
    assert views_only.out.count("CREATE OR REPLACE VIEW") == len(VIEWS)
    apex(tmp_path, *words, "a-b").expect_only(2, "--dataset a-b", "PROJECT.DATASET")
    apex(tmp_path, *words[:-1]).expect_only(2, "--dataset is missing")


@pytest.mark.parametrize(
    "place", ["results", "s3://acme", "gs://acme/it's", "gs://acme/*", "gs://", "gs://acme/a\nb"]
)
def test_bigquery_reads_from_cloud_storage(place: str, tmp_path: Path, apex: Apex) -> None:
    words = ("fleet", "export", place, "--format", "bigquery", "--dataset", DATASET)
    apex(tmp_path, *words).expect_only(2, "Cloud Storage")


def panels() -> Iterator[tuple[str, str]]:
    """The queries of the dashboard, by what they are for."""
    document = json.loads(DASHBOARD.read_text("utf-8"))
    for variable in document["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["rawSql"]
    for panel in document["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["rawSql"]


@pytest.mark.parametrize(("title", "sql"), list(panels()))
def test_the_dashboard_asks_what_the_views_answer(
    title: str, sql: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    values = {
        "dataset": DATASET,
        "owner:singlequote": "'shop','mail',''",
        "__from": "1795000000000",
        "__to": "1800000000000",
    }
    filled = re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], sql)
    [asked] = sqlglot.transpile(filled, read="bigquery", write="duckdb")
    assert warehouse.execute(asked).fetchall(), title


def test_the_dashboard_is_what_the_views_give() -> None:
    from scripts.fleet_dashboard import dashboard

    found: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    assert found == dashboard(), "run `make generated`"
    assert len({panel["id"] for panel in found["panels"]}) == len(found["panels"])
