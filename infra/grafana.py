"""Dashboards as Grafana takes them, for who looks at Grafana Cloud instead.

`python -m infra.grafana FOLDER` writes a file for each. Their data source, a Prometheus
one that reads Google Cloud Managed Service for Prometheus, is asked for at the import.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.compute import api
from infra.compute.api_dashboard import api_dashboard
from infra.compute.ingestion_dashboards import INGESTION, TEMPORAL
from infra.databases.dashboard import databases_dashboard
from infra.databases.qdrant import panels, qdrant, snapshots
from infra.monitoring.dashboard import Dashboard, Panel

DASHBOARDS = (
    TEMPORAL,
    INGESTION,
    databases_dashboard(panels.qdrant_row(panels.service_panels(qdrant.NAME), job=snapshots.JOB)),
    api_dashboard(api.SERVICE),
)
"""Those of a stack without a name prefix."""

_COLUMNS = 24
_PANEL_HEIGHT = 8
_SCHEMA = 39  # Grafana 11's
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def grafana(dashboard: Dashboard) -> dict[str, Any]:
    """Returns a dashboard's JSON document."""
    panels: list[dict[str, Any]] = []
    top = 0
    for row in dashboard.rows:
        panels.append(
            {
                "type": "row",
                "title": row.title,
                "collapsed": False,
                "gridPos": {"x": 0, "y": top, "w": _COLUMNS, "h": 1},
                "panels": [],
            }
        )
        width = _COLUMNS // len(row.panels)
        for column, panel in enumerate(row.panels):
            place = {"x": width * column, "y": top + 1, "w": width, "h": _PANEL_HEIGHT}
            panels.append({**_panel(panel), "gridPos": place})
        top += 1 + _PANEL_HEIGHT
    return {
        "uid": f"apex-memory-{dashboard.name}",
        "title": f"Apex Memory: {dashboard.title}",
        "tags": ["apex-memory"],
        "schemaVersion": _SCHEMA,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "label": "Data source",
                    "type": "datasource",
                    "query": "prometheus",
                }
            ]
        },
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, start=1)],
    }


def _panel(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    custom = {}
    if panel.threshold is not None:
        steps.append({"color": "red", "value": panel.threshold})
        custom = {"thresholdsStyle": {"mode": "line"}}
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit.grafana,
                "custom": custom,
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": _SOURCE,
                "expr": query.expression,
                "legendFormat": query.legend,
            }
            for number, query in enumerate(panel.queries)
        ],
    }


def write(folder: Path) -> None:
    """Writes every dashboard into a folder, each to a file of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for dashboard in DASHBOARDS:
        document = json.dumps(grafana(dashboard), indent=2) + "\n"
        (folder / f"{dashboard.name}.json").write_text(document, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
