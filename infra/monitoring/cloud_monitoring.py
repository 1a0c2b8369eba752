"""Dashboards as Cloud Monitoring takes them (its REST API, "projects.dashboards")."""

from typing import Any

from infra.monitoring.dashboard import Dashboard, Panel, Query, Row

_COLUMNS = 48
_PANEL_HEIGHT = 16
_HEADING_HEIGHT = 4


def cloud_monitoring(dashboard: Dashboard, system: str = "Apex Memory") -> dict[str, Any]:
    """Returns a dashboard's JSON document; `system` is what it is of.

    The API leaves out what is zero or an empty text, and whatever else was sent would be a change
    that no deployment ever makes.
    """
    tiles: list[dict[str, Any]] = []
    top = 0
    for row in dashboard.rows:
        tiles += _row(row, top)
        top += _HEADING_HEIGHT + _PANEL_HEIGHT
    return {
        "displayName": f"{system}: {dashboard.title}",
        "mosaicLayout": {"columns": _COLUMNS, "tiles": tiles},
    }


def _row(row: Row, top: int) -> list[dict[str, Any]]:
    width = _COLUMNS // len(row.panels)
    heading = {
        **_position(top=top),
        "width": _COLUMNS,
        "height": _HEADING_HEIGHT,
        "widget": {"title": row.title, "sectionHeader": {}},
    }
    return [
        heading,
        *(
            {
                **_position(left=width * column, top=top + _HEADING_HEIGHT),
                "width": width,
                "height": _PANEL_HEIGHT,
                "widget": _widget(panel),
            }
            for column, panel in enumerate(row.panels)
        ),
    ]


def _position(*, left: int = 0, top: int) -> dict[str, int]:
    return {key: cells for key, cells in (("xPos", left), ("yPos", top)) if cells}


def _widget(panel: Panel) -> dict[str, Any]:
    chart: dict[str, Any] = {
        "dataSets": [_data_set(query, panel) for query in panel.queries],
        "yAxis": {"scale": "LINEAR"},
    }
    if panel.threshold is not None:
        chart["thresholds"] = [{"value": panel.threshold, "label": "alert"}]
    return {"title": panel.title, "xyChart": chart}


def _data_set(query: Query, panel: Panel) -> dict[str, Any]:
    return {
        "plotType": "LINE",
        "targetAxis": "Y1",
        # Where Grafana has {{label}}, this has ${metric.labels.label}; PromQL's labels are those of
        # the metric.
        "legendTemplate": query.legend.replace("{{", "${metric.labels.").replace("}}", "}"),
        "timeSeriesQuery": {
            "prometheusQuery": query.expression,
            "unitOverride": panel.unit.ucum,
        },
    }
