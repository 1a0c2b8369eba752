"""Prometheus itself says when the alerts fire."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.compute.ingestion_alerts import ingestion_alerts
from infra.monitoring.alert import Alert
from infra.monitoring.thresholds import THRESHOLDS
from tests.infra.deployment import ROOT
from tests.infra.monitoring.scenarios import INFRASTRUCTURE, TEMPORAL, Labels, Series
from tests.infra.monitoring.system import all_alerts, infrastructure_alerts

pytestmark = pytest.mark.timeout(900)  # The tool is built first, and that takes some minutes.

_PRODUCTION = THRESHOLDS["production"]
_ALERTS = {alert.name: alert for alert in all_alerts(_PRODUCTION)}
_SCENARIOS = {**TEMPORAL, **INFRASTRUCTURE}


@pytest.fixture(scope="module")
def promtool() -> Path:
    """Returns Prometheus's tool; without Go to build it, its tests do not run."""
    ran = subprocess.run([ROOT / "scripts/promtool"], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        reason = f"alerts not tested: {ran.stderr.strip()}"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return Path(ran.stdout.strip())


def _rules(folder: Path, alerts: Sequence[Alert]) -> Path:
    """Writes alerts as Prometheus takes them."""
    file = folder / "rules.yaml"
    rules = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            "for": f"{alert.for_seconds}s",
            "labels": {"severity": alert.severity.value.lower()},
        }
        for alert in alerts
    ]
    file.write_text(yaml.safe_dump({"groups": [{"name": "apex-memory", "rules": rules}]}))
    return file


def _test(alert: Alert, name: str, series: Series, incidents: Sequence[Labels]) -> dict[str, Any]:
    """Returns a test in promtool's own terms: what is there after two hours of series."""
    severity = {"severity": alert.severity.value.lower()}
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": key, "values": value} for key, value in series.items()],
        "alert_rule_test": [
            {
                "eval_time": "2h",
                "alertname": alert.name,
                "exp_alerts": [{"exp_labels": {**labels, **severity}} for labels in incidents],
            }
        ],
    }


def _run(promtool: Path, *arguments: str | Path) -> str:
    ran = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _prove(promtool: Path, folder: Path, alert: Alert, tests: Sequence[Mapping[str, Any]]) -> None:
    document = {
        "rule_files": [_rules(folder, [alert]).name],
        "evaluation_interval": "1m",
        "tests": list(tests),
    }
    file = folder / "tests.yaml"
    file.write_text(yaml.safe_dump(document))
    _run(promtool, "test", "rules", file)


def _every_set_of_alerts() -> Iterator[tuple[str, list[Alert]]]:
    for environment, thresholds in THRESHOLDS.items():
        for workers in (True, False):
            for project, region in (("a-project", "us-central1"), ("another", "europe-west1")):
                yield (
                    f"{environment}-{workers}-{project}",
                    [
                        *ingestion_alerts(thresholds, workers=workers),
                        *infrastructure_alerts(thresholds, project=project, region=region),
                    ],
                )


@pytest.mark.parametrize(
    "alerts", [pytest.param(alerts, id=name) for name, alerts in _every_set_of_alerts()]
)
def test_prometheus_understands_every_expression(
    promtool: Path, tmp_path: Path, alerts: list[Alert]
) -> None:
    said = _run(promtool, "check", "rules", "--lint=all", _rules(tmp_path, alerts))
    assert f"{len(alerts)} rules found" in said


def test_every_alert_has_its_scenarios() -> None:
    assert set(_SCENARIOS) == set(_ALERTS)


@pytest.mark.parametrize("name", _ALERTS)
def test_fires_when_it_should(promtool: Path, tmp_path: Path, name: str) -> None:
    alert, scenarios = _ALERTS[name], _SCENARIOS[name]
    assert scenarios.fires
    tests = [_test(alert, what, s, scenarios.labels) for what, s in scenarios.fires.items()]
    _prove(promtool, tmp_path, alert, tests)


@pytest.mark.parametrize("name", _ALERTS)
def test_does_not_fire_when_it_should_not(promtool: Path, tmp_path: Path, name: str) -> None:
    alert, scenarios = _ALERTS[name], _SCENARIOS[name]
    assert scenarios.quiet
    tests = [_test(alert, what, s, []) for what, s in scenarios.quiet.items()]
    _prove(promtool, tmp_path, alert, tests)


@pytest.mark.parametrize("name", _ALERTS)
def test_without_any_series_only_what_must_be_there_is_missed(
    promtool: Path, tmp_path: Path, name: str
) -> None:
    alert, labels = _ALERTS[name], _SCENARIOS[name].without_series
    incidents = [] if labels is None else [labels]
    _prove(promtool, tmp_path, alert, [_test(alert, "no series", {}, incidents)])


def test_where_no_worker_need_run_nothing_of_the_ingestion_is_missed(
    promtool: Path, tmp_path: Path
) -> None:
    for alert in ingestion_alerts(_PRODUCTION, workers=False):
        _prove(promtool, tmp_path, alert, [_test(alert, "no series", {}, [])])


def test_a_certificate_that_is_good_for_longer_alerts_nobody(
    promtool: Path, tmp_path: Path
) -> None:
    name = "TemporalCertificateExpiring"
    later = infrastructure_alerts(
        _PRODUCTION, certificate_end=datetime(1970, 1, 31, 2, 30, tzinfo=UTC)
    )
    [alert] = [it for it in later if it.name == name]
    tests = [_test(alert, what, s, []) for what, s in _SCENARIOS[name].fires.items()]
    _prove(promtool, tmp_path, alert, tests)


def test_promtool_sees_a_difference(promtool: Path, tmp_path: Path) -> None:
    alert = _ALERTS["PostgresDown"]
    with pytest.raises(AssertionError, match="PostgresDown"):
        _prove(promtool, tmp_path, alert, [_test(alert, "expected to be quiet", {}, [])])
