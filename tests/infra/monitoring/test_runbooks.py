"""Every alert has a page that says what to do, in the same five parts, of what there is."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.grafana import DASHBOARDS
from infra.monitoring.alert import Alert
from infra.monitoring.metrics import METRICS
from infra.monitoring.thresholds import Thresholds
from tests.infra.deployment import ROOT, Deployment
from tests.infra.monitoring.system import all_alerts

PERIOD = timedelta(hours=6)  # Of the schedule that the stacks have.
ALERTS = all_alerts(Thresholds(), period=PERIOD)

RUNBOOKS = ROOT / "docs/runbooks"
ALERT_PAGES = RUNBOOKS / "alerts"
PARTS = [
    "What it means",
    "How to look",
    "What to do",
    "When to escalate",
    "How to know it is over",
]
PANELS = {
    f"{board.title} / {panel.title}"
    for board in DASHBOARDS
    for row in board.rows
    for panel in row.panels
}


def _page(alert: Alert) -> str:
    return (ROOT / alert.runbook).read_text("utf-8")


def _parts(page: str) -> dict[str, str]:
    """Each part's text, by its heading."""
    _, *parts = re.split(r"^## ", page, flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def _duration(seconds: int) -> str:
    amount, unit = (seconds // 3600, "hour") if seconds % 3600 == 0 else (seconds // 60, "minute")
    return f"{amount} {unit}{'s' * (amount > 1)}"


def test_every_page_is_an_alerts() -> None:
    assert {path.stem for path in ALERT_PAGES.iterdir()} == {alert.name for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_a_page_has_its_five_parts_and_says_how_urgent_it_is(alert: Alert) -> None:
    page = _page(alert)
    parts = _parts(page)
    assert page.startswith(f"# {alert.name}\n")
    assert list(parts) == PARTS
    assert all(len(text) > 80 for text in parts.values())
    severity, duration = alert.severity.value.capitalize(), _duration(alert.for_seconds)
    assert f"\n*{severity}. Fires when its condition has held for {duration}.*\n" in page
    # A critical alert wakes somebody; who is woken must know when others have to be.
    escalation = parts["When to escalate"].lower()
    assert any(
        word in escalation
        for word in ("at once", "the same day", "the same week", "after", "working day")
    )


def test_no_two_pages_say_the_same_sentence_of_when_it_is_over() -> None:
    """What is over is the alert's own: a sentence for all of them would say nothing."""
    seen = [" ".join(_parts(_page(alert))["How to know it is over"].split()) for alert in ALERTS]
    first = [re.split(r"(?<=[.:]) ", text)[0] for text in seen]
    assert len(set(first)) == len(first)


def test_the_index_has_each_alert_with_its_severity() -> None:
    index = (RUNBOOKS / "index.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| \[(\w+)\]\(alerts/\1\.md\) \| (\w+) \|$", index, re.MULTILINE))
    assert rows == {alert.name: alert.severity.value.lower() for alert in ALERTS}


def test_panels_that_a_page_names_are_on_the_dashboards() -> None:
    named = {
        (path.name, " ".join(pair.split()))
        for path in RUNBOOKS.rglob("*.md")
        for pair in re.findall(r"\*\*([^*]+? / [^*]+?)\*\*", path.read_text("utf-8"))
    }
    assert len(named) > len(ALERTS)
    assert [(page, pair) for page, pair in sorted(named) if pair not in PANELS] == []


def test_the_jobs_that_can_fail_are_the_ones_there_are(production: Deployment) -> None:
    there = {job.inputs["name"] for job in production.all("gcp:cloudrunv2/job:Job")}
    page = (ALERT_PAGES / "JobFailed.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == there


def _words(alert: Alert) -> Iterator[str]:
    yield from re.findall(r"\b[a-zA-Z0-9]+\b", _page(alert))


def test_a_page_names_thresholds_and_alerts_that_there_are() -> None:
    fields = {field.name for field in dataclasses.fields(Thresholds)}
    labels = {label for metric in METRICS.values() for label in metric.labels}
    names = {alert.name for alert in ALERTS}
    endings = re.compile(
        r".+(High|Down|Absent|Failure|Failed|Backlog|Exhausted|Expiring|Extracted|Old|Zero|Rate)"
    )
    for alert in ALERTS:
        meaning = _parts(_page(alert))["What it means"]
        assert set(re.findall(r"`([a-z0-9]+_[a-z0-9_]+)`", meaning)) <= fields | labels, alert.name
        named = {word for word in _words(alert) if endings.fullmatch(word)}
        assert {word for word in named if re.search(r"[a-z0-9][A-Z]", word)} <= names, alert.name


def test_a_page_names_the_threshold_that_its_alert_has() -> None:
    """With another threshold another condition: then the page must say which."""
    for field in dataclasses.fields(Thresholds):
        changed = dataclasses.replace(Thresholds(), **{field.name: 0.123})
        after = all_alerts(changed, period=PERIOD)
        moved = [new for old, new in zip(ALERTS, after, strict=True) if old != new]
        assert moved, f"{field.name} is no alert's"
        for alert in moved:
            assert f"`{field.name}`" in _parts(_page(alert))["What it means"], alert.name
