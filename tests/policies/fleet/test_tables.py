"""The tables can be read by what people have."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apex_guardrails.fleet.tables import (
    OF_STACKS,
    STACK_COLUMNS,
    TABLES,
    VERSION,
    VERSION_KEY,
    file_of,
)

DAY = date(2026, 12, 1)


@pytest.mark.parametrize("table", OF_STACKS)
def test_every_table_about_stacks_says_whose_they_are(table: str) -> None:
    assert OF_STACKS[table].names[: len(STACK_COLUMNS)] == list(STACK_COLUMNS)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_read_by_duckdb_and_by_pyarrow_with_the_same_columns(
    table: str, tmp_path: Path
) -> None:
    schema = TABLES[table]
    path = tmp_path / file_of(table, DAY, 3, 100)
    path.parent.mkdir(parents=True)
    pq.write_table(schema.empty_table(), path)

    assert pq.read_schema(path).metadata[VERSION_KEY] == str(VERSION).encode()
    assert pq.ParquetFile(path).schema_arrow.equals(schema)
    found = duckdb.read_parquet(f"{tmp_path}/{table}/day=*/*.parquet", hive_partitioning=True)
    assert found.columns == [*schema.names, "day"]


@pytest.mark.parametrize("table", TABLES)
def test_no_column_is_a_list_or_a_struct(table: str) -> None:
    assert not [field.name for field in TABLES[table] if pa.types.is_nested(field.type)]
