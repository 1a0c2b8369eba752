"""Each stack from its first deployment to its last, through the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.settings import SETTINGS_FILE, SETTINGS_VARIABLE
from tests.engine import lifecycle
from tests.engine.harness import ROOT, Engine
from tests.engine.provider.server import Provider

STACKS = ["dev", "staging", "production"]
API = "gcp:cloudrunv2/service:Service::apex-api"
WORKER = "gcp:cloudrunv2/workerPool:WorkerPool::apex-worker"
POSTGRES = "gcp:sql/databaseInstance:DatabaseInstance::postgres"
DIGEST = f"sha256:{'1' * 64}"

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


@pytest.fixture
def no_cost_limits(tmp_path: Path) -> Path:
    """Our settings, in which a stack may grow beyond its budget."""
    settings = yaml.safe_load((ROOT / SETTINGS_FILE).read_text("utf-8"))
    for stack in settings["stacks"].values():
        stack["cost"] |= {"budget": None, "machine_types": None}
    file = tmp_path / "no-cost-limits.yaml"
    file.write_text(yaml.safe_dump(settings), "utf-8")
    return file


@pytest.mark.usefixtures("saved_once")
@pytest.mark.parametrize("name", STACKS)
def test_comes_up_settles_changes_in_place_and_is_taken_down(
    engine: Engine, name: str, no_cost_limits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = engine.infrastructure(name, lifecycle.run_infrastructure_and_probe)
    first = lifecycle.comes_up(stack)
    assert "fake-" not in stack.state()  # which is what every secret begins with
    assert lifecycle.settles(stack).outputs == first.outputs

    monkeypatch.setenv(SETTINGS_VARIABLE, str(no_cost_limits))
    done = lifecycle.changes(
        stack,
        database_tier="db-custom-2-7680",
        api_image=f"apex-api@{DIGEST}",
        worker_image=f"apex-worker@{DIGEST}",
        min_instances="2",
        max_instances="7",
        temporal_address="temporal.example.com:7233",
        worker_instances="3",
    )
    if name != "production":  # where there were no workers, and nobody missed them
        assert done.pop("create") == {"gcp:monitoring/alertPolicy:AlertPolicy::WorkerDown"}
        done["update"].remove("gcp:monitoring/alertPolicy:AlertPolicy::IngestionThroughputZero")
    if name != "dev":
        refused = stack.destroy()
        assert not refused.succeeded
        assert "cannot destroy" in refused.output
    assert done == {"update": {API, WORKER, POSTGRES}}
    lifecycle.is_taken_down(stack)


def test_a_creation_that_fails_half_way_is_finished_by_the_next(
    engine: Engine, provider: Provider
) -> None:
    stack = engine.infrastructure("staging")
    failing = {"postgres", "redis", "neo4j-vm", "apex-pg-extensions", "apex-api", "PostgresDown"}
    provider.fail_once |= failing

    failures = 0
    while not (run := stack.up()).succeeded:
        assert "Error creating" in run.output
        failures += 1
        assert failures <= len(failing)
    assert failures > 1  # what failed later had waited for what failed first
    assert not provider.fail_once
    assert set(run.changes) <= {"create", "same"}
    lifecycle.settles(stack)


@pytest.mark.usefixtures("saved_once")
def test_a_secret_that_changed_reaches_who_reads_it(engine: Engine) -> None:
    stack = engine.infrastructure("dev")
    lifecycle.comes_up(stack)

    stack.set_secret("openai-api-key", "another-openai-api-key")
    done = lifecycle.changes(stack, secrets_version="2")
    version = "gcp:secretmanager/secretVersion:SecretVersion::openai-api-key"
    assert any(version in resources for resources in done.values())
    assert {API, WORKER} <= done["update"]
    assert "another-openai-api-key" not in stack.state()
