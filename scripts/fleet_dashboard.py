"""A dashboard for Grafana's BigQuery data source, over the views of a fleet.

The model is that of Grafana 11 and of the plugin `grafana-bigquery-datasource`, whose queries have
`rawSql` and the format 1, a table (grafana/google-bigquery-datasource, read 2026-12-01).
"""

from __future__ import annotations

from typing import Any, Final

from apex_guardrails.fleet.views import views

SOURCE: Final = {"type": "grafana-bigquery-datasource", "uid": "${datasource}"}

_MOST: Final = 1_000
"""Rows of a table panel: a browser shows no more in a reasonable time."""

_OWNED: Final = "owner IN (${owner:singlequote})"

_SEVERITIES: Final = "critical, high, medium, low"

_IN_RANGE: Final = (
    "WHERE TIMESTAMP(day) BETWEEN TIMESTAMP_MILLIS(${__from}) AND TIMESTAMP_MILLIS(${__to})"
)


def dashboard() -> dict[str, Any]:
    """The dashboard, as `Dashboards - New - Import` takes it."""
    panels = [
        _stat("Stacks", "stacks"),
        _stat("Blocked stacks", "blocked_stacks"),
        _stat("Blocking findings", "blocking"),
        _stat("USD a month", "monthly"),
        _series("Open findings by severity", f"{_SEVERITIES}"),
        _series("Cost, USD a month", "monthly"),
        *(_table(name, has_owner=name in _WITH_OWNER) for name in _TABLES),
    ]
    for number, panel in enumerate(panels, 1):
        panel["id"] = number
    _lay_out(panels)
    return {
        "uid": "apex-fleet",
        "title": "Apex Guardrails: fleet",
        "tags": ["apex-guardrails"],
        "schemaVersion": 39,
        "editable": True,
        "time": {"from": "now-30d", "to": "now"},
        "templating": {"list": _variables()},
        "panels": panels,
    }


_TABLES: Final = tuple(name for name in views() if name != "by_day")

_WITH_OWNER: Final = frozenset(
    {
        "teams",
        "stacks_by_service",
        "controls_by_team",
        "new_findings",
        "oldest_violations",
        "cost_by_team",
        "not_judged",
    }
)


def _variables() -> list[dict[str, Any]]:
    return [
        {
            "name": "datasource",
            "label": "Data source",
            "type": "datasource",
            "query": SOURCE["type"],
        },
        {
            "name": "dataset",
            "label": "Data set",
            "type": "textbox",
            "query": "my-project.apex_fleet",
            "current": {"text": "my-project.apex_fleet", "value": "my-project.apex_fleet"},
        },
        {
            "name": "owner",
            "label": "Team",
            "type": "query",
            "datasource": SOURCE,
            "query": _query("SELECT owner FROM `${dataset}.teams` ORDER BY owner"),
            "multi": True,
            "includeAll": True,
            "current": {"text": ["All"], "value": ["$__all"]},
            "refresh": 1,
        },
    ]


def _query(sql: str) -> dict[str, Any]:
    return {
        "refId": "A",
        "datasource": SOURCE,
        "editorMode": "code",
        "rawQuery": True,
        "format": 1,
        "rawSql": sql,
    }


def _panel(kind: str, title: str, sql: str, width: int, height: int) -> dict[str, Any]:
    return {
        "type": kind,
        "title": title,
        "datasource": SOURCE,
        "gridPos": {"x": 0, "y": 0, "w": width, "h": height},
        "targets": [_query(sql)],
    }


def _stat(title: str, column: str) -> dict[str, Any]:
    sql = f"SELECT {column} FROM `${{dataset}}.by_day` ORDER BY day DESC LIMIT 1"  # noqa: S608 ours
    return _panel("stat", title, sql, 6, 4)


def _series(title: str, columns: str) -> dict[str, Any]:
    sql = (
        f"SELECT TIMESTAMP(day) AS time, {columns} FROM `${{dataset}}.by_day` "  # noqa: S608 ours
        f"{_IN_RANGE} ORDER BY time"
    )
    return _panel("timeseries", title, sql, 12, 8)


def _table(name: str, *, has_owner: bool) -> dict[str, Any]:
    view = views()[name]
    which = f" WHERE {_OWNED}" if has_owner else ""
    sql = f"SELECT * FROM `${{dataset}}.{name}`{which} LIMIT {_MOST}"  # noqa: S608 ours
    panel = _panel("table", view.title, sql, 24, 10)
    panel["description"] = view.text
    return panel


def _lay_out(panels: list[dict[str, Any]]) -> None:
    """Places panels from left to right, in rows of 24 columns."""
    x = y = height = 0
    for panel in panels:
        place = panel["gridPos"]
        if x + place["w"] > 24:  # noqa: PLR2004 Grafana's columns
            x, y, height = 0, y + height, 0
        place["x"], place["y"] = x, y
        x, height = x + place["w"], max(height, place["h"])
