"""The ingestion worker, and the collector beside it."""

from typing import Any

import pytest
import yaml

from infra.compute.collector import METRICS_PORT, collector
from tests.infra.deployment import Deployment, Registered, deploy

POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
CONFIG = yaml.safe_load(
    str(collector("image", "us-central1", "apex-worker").environment["COLLECTOR_CONFIG"])
)


def pool(deployment: Deployment) -> Registered:
    return deployment.one(POOL, "apex-worker")


def containers(deployment: Deployment) -> dict[str, Any]:
    return {it["name"]: it for it in pool(deployment).inputs["template"]["containers"]}


def environment(container: Any) -> dict[str, str]:
    return {it["name"]: it["value"] for it in container["envs"] if "value" in it}


def test_there_are_as_many_as_configured(
    dev: Deployment, staging: Deployment, production: Deployment
) -> None:
    assert [pool(it).inputs["scaling"] for it in (dev, staging, production)] == [
        {"scalingMode": "MANUAL", "manualInstanceCount": count} for count in (0, 0, 1)
    ]


def test_worker_knows_its_temporal(production: Deployment) -> None:
    known = environment(containers(production)["worker"])
    assert known["TEMPORAL_ADDRESS"] == "apex-memory.a1b2c.tmprl.cloud:7233"
    assert known["TEMPORAL_NAMESPACE"] == "apex-memory.a1b2c"
    assert known["TEMPORAL_TASK_QUEUE"] == "apex-ingestion"


def test_worker_has_its_metrics_where_the_collector_asks(deployment: Deployment) -> None:
    both = containers(deployment)
    assert environment(both["worker"])["METRICS_PORT"] == str(METRICS_PORT)
    assert environment(both["collector"])["METRICS_PORT"] == str(METRICS_PORT)
    [job] = CONFIG["receivers"]["prometheus"]["config"]["scrape_configs"]
    [target] = job["static_configs"]
    assert target["targets"] == ["localhost:${env:METRICS_PORT}"]


def test_collector_is_configured_by_its_environment(deployment: Deployment) -> None:
    container = containers(deployment)["collector"]
    assert container["args"] == ["--config=env:COLLECTOR_CONFIG"]
    # What Cloud Run takes for one variable.
    assert len(environment(container)["COLLECTOR_CONFIG"].encode()) <= 32768
    assert environment(container)["REGION"] == "us-central1"


@pytest.mark.parametrize("kind", ["receivers", "processors", "exporters"])
def test_collector_uses_all_that_it_defines_and_no_more(kind: str) -> None:
    [pipeline] = CONFIG["service"]["pipelines"].values()
    assert pipeline[kind] == list(CONFIG[kind])


def test_collector_answers_where_it_is_asked_for_its_health(deployment: Deployment) -> None:
    assert CONFIG["service"]["extensions"] == list(CONFIG["extensions"])
    port = CONFIG["extensions"]["health_check"]["endpoint"].rpartition(":")[2]
    for probe in ("startupProbe", "livenessProbe"):
        request = containers(deployment)["collector"][probe]["httpGet"]
        assert request == {"path": "/", "port": int(port)}


def test_metrics_keep_their_names() -> None:
    assert CONFIG["exporters"]["googlemanagedprometheus"]["metric"]["add_metric_suffixes"] is False


def test_worker_may_write_metrics_and_nothing_else_in_the_project(deployment: Deployment) -> None:
    roles = [
        grant.inputs["role"]
        for grant in deployment.all("gcp:projects/iAMMember:IAMMember")
        if "apex-worker@" in grant.inputs["member"]
    ]
    assert roles == ["roles/monitoring.metricWriter"]


def test_image_and_number_follow_the_configuration() -> None:
    deployment = deploy(
        "dev",
        {
            "temporal-address": "temporal.example.com:7233",
            "worker-image": "apex-worker:2.0.0",
            "worker-instances": 3,
        },
    )
    assert pool(deployment).inputs["scaling"]["manualInstanceCount"] == 3
    assert containers(deployment)["worker"]["image"] == (
        "us-central1-docker.pkg.dev/apex-memory-dev/apex/apex-worker:2.0.0"
    )


def test_temporal_knows_the_workers_by_their_image(production: Deployment) -> None:
    known = environment(containers(production)["worker"])
    digest = containers(production)["worker"]["image"].rpartition("sha256:")[2]
    assert known["TEMPORAL_DEPLOYMENT_NAME"] == "apex-worker"
    assert known["TEMPORAL_WORKER_BUILD_ID"] == digest[:12]


def test_the_newest_revision_has_all_instances(deployment: Deployment) -> None:
    assert pool(deployment).inputs["instanceSplits"] == [
        {"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "percent": 100}
    ]


def test_two_revisions_have_all_that_the_work_takes_while_one_is_released() -> None:
    released = deploy("production", {"worker-stable-revision": "apex-worker-00001-abc"})
    assert pool(released).inputs["scaling"]["manualInstanceCount"] == 2
    assert pool(released).inputs["instanceSplits"] == [
        {
            "type": "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION",
            "revision": "apex-worker-00001-abc",
            "percent": 50,
        },
        {"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "percent": 50},
    ]


@pytest.mark.parametrize("autoscaled", [True, False])
def test_number_is_left_alone_where_temporal_sets_it(*, autoscaled: bool) -> None:
    deployment = deploy("staging", {"worker-autoscaled": autoscaled})
    assert ("scaling.manualInstanceCount" in pool(deployment).ignored) is autoscaled
