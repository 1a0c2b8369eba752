"""Dashboards, in Cloud Monitoring and in Grafana."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.grafana import DASHBOARDS, grafana, write
from infra.monitoring.cloud_monitoring import cloud_monitoring
from infra.monitoring.dashboard import Dashboard, Panel, Query, Row, Unit
from infra.monitoring.metrics import METRICS
from tests.infra.deployment import Deployment

FILES = Path(__file__).parents[3] / "docs" / "grafana"


def panels() -> Iterator[Panel]:
    for dashboard in DASHBOARDS:
        for row in dashboard.rows:
            yield from row.panels


def expressions() -> list[str]:
    return [query.expression for panel in panels() for query in panel.queries]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: str(metric.name))
def test_every_metric_is_on_a_dashboard(metric: Any) -> None:
    series = {
        "histogram": [f"{metric.series}_bucket", f"{metric.series}_sum"],
    }.get(metric.kind, [metric.series])
    shown = " ".join(expressions())
    assert any(re.search(rf"\b{name}\b", shown) for name in series)


def test_lines_are_told_apart_by_labels_that_the_metric_has() -> None:
    by_series = {metric.series: metric for metric in METRICS.values()}
    for expression in expressions():
        for label, series in re.findall(
            r"sum by \((\w+)\) \(\w*\(?(apex_temporal_\w+)", expression
        ):
            if label != "le":
                assert label in by_series[series].labels, expression


def test_the_four_are_there(deployment: Deployment) -> None:
    built = {
        it.name: json.loads(it.inputs["dashboardJson"])
        for it in deployment.all("gcp:monitoring/dashboard:Dashboard")
    }
    assert {name: document["displayName"] for name, document in built.items()} == {
        "temporal-workflows": "Apex Memory: Temporal workflows",
        "ingestion": "Apex Memory: Ingestion and data quality",
        "databases": "Apex Memory: Databases",
        "api": "Apex Memory: API",
    }


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda it: str(it.name))
def test_tiles_lie_side_by_side_and_not_on_each_other(dashboard: Dashboard) -> None:
    layout = cloud_monitoring(dashboard)["mosaicLayout"]
    taken: set[tuple[int, int]] = set()
    for tile in layout["tiles"]:
        left, top = tile.get("xPos", 0), tile.get("yPos", 0)
        cells = {
            (x, y)
            for x in range(left, left + tile["width"])
            for y in range(top, top + tile["height"])
        }
        assert max(x for x, _ in cells) < layout["columns"]
        assert not cells & taken
        taken |= cells


def _left_out(value: Any) -> bool:
    """Whether the API leaves a value out of what it answers. An empty message it keeps."""
    return value in (0, "", False, None) or value == []


def _values(document: Any) -> Iterator[Any]:
    parts = document.values() if isinstance(document, dict) else document
    for part in parts:
        yield part
        if isinstance(part, dict | list):
            yield from _values(part)


def test_nothing_is_sent_that_the_api_leaves_out(deployment: Deployment) -> None:
    """Else each refresh finds a difference."""
    for built in deployment.all("gcp:monitoring/dashboard:Dashboard"):
        document = json.loads(built.inputs["dashboardJson"])
        assert len([*_values(document)]) > 100
        assert [value for value in _values(document) if _left_out(value)] == [], built.name


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda it: str(it.name))
def test_both_show_the_same_queries(dashboard: Dashboard) -> None:
    defined = [q.expression for row in dashboard.rows for p in row.panels for q in p.queries]
    google = [
        data["timeSeriesQuery"]["prometheusQuery"]
        for tile in cloud_monitoring(dashboard)["mosaicLayout"]["tiles"]
        for data in tile["widget"].get("xyChart", {}).get("dataSets", ())
    ]
    other = [
        target["expr"]
        for panel in grafana(dashboard)["panels"]
        for target in panel.get("targets", ())
    ]
    assert google == other == defined


def test_a_threshold_is_a_line_in_both() -> None:
    panel = Panel(
        title="Errors",
        unit=Unit.SHARE,
        queries=[Query(expression="up", legend="{{job}} errors")],
        threshold=0.05,
    )
    dashboard = Dashboard(name="d", title="D", rows=[Row(title="R", panels=[panel])])
    [_, tile] = cloud_monitoring(dashboard)["mosaicLayout"]["tiles"]
    assert tile["widget"]["xyChart"]["thresholds"] == [{"value": 0.05, "label": "alert"}]
    [data] = tile["widget"]["xyChart"]["dataSets"]
    assert data["legendTemplate"] == "${metric.labels.job} errors"
    [_, chart] = grafana(dashboard)["panels"]
    assert chart["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == 0.05


def test_the_files_for_grafana_are_what_the_definitions_say(tmp_path: Path) -> None:
    write(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        file.name: file.read_text() for file in FILES.glob("*.json")
    }


def test_every_dashboard_in_grafana_asks_for_its_data_source() -> None:
    for dashboard in DASHBOARDS:
        document = grafana(dashboard)
        assert [it["type"] for it in document["templating"]["list"]] == ["datasource"]
        for panel in document["panels"]:
            for target in panel.get("targets", ()):
                assert target["datasource"]["uid"] == "${datasource}"
        numbers = [panel["id"] for panel in document["panels"]]
        assert len(set(numbers)) == len(numbers)
