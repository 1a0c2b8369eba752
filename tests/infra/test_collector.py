"""The collector beside a worker: what it does with the worker's metrics.

Its configuration was also run once by a collector built from the same parts (0.148): see
docs/adr/0005.
"""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.compute.collector import collector
from infra.monitoring.metrics import METRICS
from tests.infra.deployment import Deployment

SIDECAR = collector("image", "us-central1", "apex-worker")
TEXT = str(SIDECAR.environment["COLLECTOR_CONFIG"])
CONFIG = yaml.safe_load(TEXT)
RESERVED = {"project_id", "location", "cluster", "namespace", "job", "instance"}
"""Labels of the resource that Cloud Monitoring files Prometheus's series under."""


def attributes() -> dict[str, str]:
    found = CONFIG["processors"]["resource"]["attributes"]
    assert {entry["action"] for entry in found} == {"upsert"}
    return {entry["key"]: entry["value"] for entry in found}


def scrape() -> Any:
    [job] = CONFIG["receivers"]["prometheus"]["config"]["scrape_configs"]
    return job


def relabelled(labels: dict[str, str]) -> dict[str, str]:
    """Returns the labels as Prometheus leaves them: its expressions match whole names."""
    for rule in scrape()["metric_relabel_configs"]:
        name = re.compile(rule["regex"])
        match rule["action"]:
            case "labelmap":
                # `$$1` in the collector's file is `$1` to Prometheus, and `\1` here.
                new = rule["replacement"].replace("$$", "\\")
                labels = labels | {
                    name.sub(new, label): value
                    for label, value in labels.items()
                    if name.fullmatch(label)
                }
            case "labeldrop":
                labels = {k: v for k, v in labels.items() if not name.fullmatch(k)}
            case other:
                pytest.fail(f"{other} is not known here")
    return labels


def test_every_reference_is_to_something_that_is_there() -> None:
    references = re.findall(r"\$\{(\w+):([^}]*)\}", TEXT)
    assert references
    for scheme, name in references:
        if scheme == "file":
            assert Path(name).is_file(), name
        else:
            assert scheme == "env"
            assert name in SIDECAR.environment


def test_every_other_dollar_sign_is_written_twice() -> None:
    rest = re.sub(r"\$\{\w+:[^}]*\}", "", TEXT).replace("$$", "")
    assert "$" not in rest


def test_worker_is_asked_every_30_seconds() -> None:
    assert scrape()["scrape_interval"] == "30s"
    assert scrape().get("metrics_path", "/metrics") == "/metrics"


def test_series_are_filed_under_the_pool(deployment: Deployment) -> None:
    name = deployment.one("gcp:cloudrunv2/workerPool:WorkerPool").inputs["name"]
    assert scrape()["job_name"] == name
    assert attributes()["namespace"] == name
    assert attributes()["location"] == "${env:REGION}"
    assert attributes()["cluster"] == "__run__"


def test_two_workers_never_write_the_same_series() -> None:
    [target] = scrape()["static_configs"]
    [rule] = scrape()["relabel_configs"]
    assert (rule["target_label"], rule["source_labels"]) == ("instance", ["__tmp_uuid"])
    reference = re.fullmatch(r"\$\{file:(.*)\}", target["labels"]["__tmp_uuid"])
    assert reference
    instances = []
    for _ in range(2):
        text = Path(reference[1]).read_text()
        found = re.fullmatch(rule["regex"], text)
        assert found
        assert str(uuid.UUID(found[1])) == text.strip() == found[1]
        instances.append(found[1])
    assert instances[0] != instances[1]


@given(st.dictionaries(st.sampled_from(sorted(RESERVED | {"le", "status"})), st.text()))
def test_metrics_own_labels_hide_nothing_and_are_kept(labels: dict[str, str]) -> None:
    # Prometheus itself does it for job and instance, before it comes to our rules.
    scraped = {k: v for k, v in labels.items() if k not in ("job", "instance")}
    found = relabelled(scraped)
    assert not found.keys() & RESERVED
    assert found == {
        f"exported_{label}" if label in RESERVED else label: value
        for label, value in scraped.items()
    }


def test_our_own_metrics_keep_their_labels() -> None:
    for metric in METRICS.values():
        assert not RESERVED & set(metric.labels), metric.name


def test_no_series_is_added() -> None:
    extra = CONFIG["exporters"]["googlemanagedprometheus"]["metric"]["extra_metrics_config"]
    assert extra == {"enable_target_info": False, "enable_scope_info": False}
    assert CONFIG["service"]["telemetry"]["metrics"] == {"level": "none"}


def test_memory_is_watched_first_and_series_are_sent_together() -> None:
    [pipeline] = CONFIG["service"]["pipelines"].values()
    first, *_, last = pipeline["processors"]
    assert (first, last) == ("memory_limiter", "batch")
    limiter = CONFIG["processors"]["memory_limiter"]
    container = int(SIDECAR.memory.removesuffix("Mi"))
    assert 0 < limiter["spike_limit_mib"] < limiter["limit_mib"] <= container * 0.8
    # What one request to Cloud Monitoring may carry (its API's timeSeries.create).
    assert CONFIG["processors"]["batch"]["send_batch_max_size"] <= 200


def test_has_the_least_that_a_worker_pool_gives() -> None:
    assert (SIDECAR.cpu, SIDECAR.memory) == ("1", "512Mi")
