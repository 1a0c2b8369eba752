"""The tables and views as SQL for BigQuery: external tables over the files, and the report's views.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language, read
2026-12-01: CREATE EXTERNAL TABLE, WITH PARTITION COLUMNS, CREATE VIEW.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from apex_guardrails.fleet.tables import TABLES
from apex_guardrails.fleet.views import FOLDER, LAST_RUN, View, read_view, views
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.text import one_line

GENERATED: Final[Path] = FOLDER / "bigquery"
"""What `make generated` makes of the views."""

DATASET: Final = "`fleet_dataset`"
"""Stands in these files for the data set."""

_NAME: Final = re.compile(
    r"(?:(?P<project>[a-z][a-z0-9.:-]{4,}[a-z0-9])\.)?(?P<dataset>\w{1,1024})"
)


def statements(place: str, dataset: str, *, has_tables: bool = False) -> Iterator[str]:
    """What makes the tables and views, for `bq query`.

    Args:
        place: the bucket's folder with the results, `gs://...`.
        dataset: `PROJECT.DATASET`, or a data set of the project that the query runs in.
        has_tables: whether it has the tables already, which `bq load` filled.

    Raises:
        UsageError: one of both is no such thing.
    """
    folder = place.rstrip("/")
    if not re.fullmatch(r"gs://[a-z0-9][a-z0-9._-]+(?:/[^'*\\\x00-\x1f\x7f]+)?", folder):
        raise UsageError(
            f"{one_line(place)}: BigQuery reads from Cloud Storage alone; expected gs://..."
        )
    name = _quoted(dataset)
    yield f"CREATE SCHEMA IF NOT EXISTS {name};\n"
    for table in () if has_tables else TABLES:
        yield (
            f"CREATE OR REPLACE EXTERNAL TABLE {name}.`{table}`\n"
            "WITH PARTITION COLUMNS (`day` DATE)\n"
            "OPTIONS (\n"
            "  format = 'PARQUET',\n"
            f"  uris = ['{folder}/{table}/*'],\n"
            f"  hive_partition_uri_prefix = '{folder}/{table}',\n"
            "  require_hive_partition_filter = FALSE\n"
            ");\n"
        )
    for view in (read_view(LAST_RUN), *views().values()):
        yield (
            f"CREATE OR REPLACE VIEW {name}.`{view.name}`\n"
            f"OPTIONS (description = {_text(f'{view.title}. {view.text}')})\n"
            f"AS\n{generated(view).replace(DATASET, name)};\n"
        )


def generated(view: View) -> str:
    """A view as BigQuery's SQL."""
    return (GENERATED / f"{view.name}.sql").read_text("utf-8").rstrip()


def _quoted(dataset: str) -> str:
    found = _NAME.fullmatch(dataset)
    if found is None:
        raise UsageError(f"--dataset {dataset}: expected PROJECT.DATASET, or DATASET alone")
    project = f"`{found['project']}`." if found["project"] else ""
    return f"{project}`{found['dataset']}`"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
