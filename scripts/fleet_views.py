"""The fleet's views as SQL for BigQuery, and a dashboard for Grafana over them.

python -m scripts.fleet_views
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import sqlglot
from sqlglot import exp

from apex_guardrails.fleet.exports.bigquery import DATASET, GENERATED
from apex_guardrails.fleet.views import LAST_RUN, View, read_view, views
from apex_guardrails.support.files import write_text
from scripts.fleet_dashboard import dashboard

DASHBOARD: Final = Path(__file__).parents[1] / "docs/fleet-dashboard.json"


def bigquery(view: View) -> str:
    """A view as BigQuery's SQL, its tables in the data set that `DATASET` stands for."""
    tree = sqlglot.parse_one(view.sql, read="duckdb")
    own = {item.alias for item in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in own:
            table.set("db", exp.to_identifier(DATASET.strip("`"), quoted=True))
    for order in tree.find_all(exp.Ordered):
        # Nothing that is sorted by is ever null, so that where nulls come need not be said.
        order.set("nulls_first", not order.args.get("desc"))
    return f"{tree.sql('bigquery', pretty=True)}\n"


def main() -> None:
    """Writes the files."""
    for view in (read_view(LAST_RUN), *views().values()):
        write_text(GENERATED / f"{view.name}.sql", bigquery(view))
    write_text(DASHBOARD, f"{json.dumps(dashboard(), indent=2)}\n")


if __name__ == "__main__":
    main()
