"""Each stack from its first deployment to its last, through the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from apex_guardrails.settings import SETTINGS_FILE, SETTINGS_VARIABLE
from tests.engine import lifecycle, walk
from tests.engine.harness import ROOT, Engine, Stack
from tests.engine.provider.server import Provider

STACKS = ["production", "staging", "dev"]  # the longest first
API = "gcp:cloudrunv2/service:Service::apex-api"
WORKER = "gcp:cloudrunv2/workerPool:WorkerPool::apex-worker"
POSTGRES = "gcp:sql/databaseInstance:DatabaseInstance::postgres"

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
    engine: Engine,
    provider: Provider,
    name: str,
    no_cost_limits: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = engine.infrastructure(name, lifecycle.run_infrastructure_and_probe)
    first = lifecycle.comes_up(stack)
    assert "Fake-" not in stack.state()  # which is what every secret begins with
    assert lifecycle.settles(stack).outputs == first.outputs
    lifecycle.has_not_drifted(stack)

    monkeypatch.setenv(SETTINGS_VARIABLE, str(no_cost_limits))
    done = lifecycle.changes(stack, **walk.IN_PLACE)
    alerts = {
        "dev": {"WorkerDown", "TemporalCertificateExpiring"},  # it had no Temporal
        "staging": {"WorkerDown"},  # nobody missed workers
        "production": set(),
    }[name]
    created = {f"gcp:monitoring/alertPolicy:AlertPolicy::{alert}" for alert in alerts}
    assert done.pop("create", set()) == created
    # Google's sample has no metrics, and an image of ours has.
    done["update"].remove("gcp:monitoring/alertPolicy:AlertPolicy::IngestionThroughputZero")
    assert done == {"update": {API, WORKER, POSTGRES}}

    if name == "production":  # which has all that the others have
        refuses_what_costs_data_or_the_way_in(stack, name)
    lifecycle.is_walked(stack, name)
    provider.cloud.filled.add(str(first.outputs["qdrant_snapshots"]))
    if name != "dev":
        keeps_snapshots_that_nobody_deleted(stack)
        provider.cloud.filled.clear()
    lifecycle.is_taken_down(stack)


def refuses_what_costs_data_or_the_way_in(stack: Stack, name: str) -> None:
    state, back = stack.state(), walk.original(name)
    for keys, resource in walk.REFUSED.items():
        there = {key: (walk.GUARDED | walk.LASTING)[key] for key in keys}
        assert resource in lifecycle.refused(stack, back, **there)
    # Nearly all has another name then, and any of it may be what the engine comes to first.
    assert lifecycle.refused(stack, back, **{"name-prefix": walk.LASTING["name-prefix"]})
    destroyed = stack.preview_destroy()  # with which every `pulumi destroy` begins
    assert not destroyed.succeeded
    assert lifecycle.protected(destroyed)
    assert stack.state() == state


def keeps_snapshots_that_nobody_deleted(stack: Stack) -> None:
    stack.configure(deletion_protection="false")
    assert stack.up().succeeded
    stopped = stack.destroy()
    assert not stopped.succeeded
    assert "qdrant-snapshots: it has objects in it" in stopped.output


def test_every_config_key_is_walked() -> None:
    for stack in STACKS:
        there = walk.IN_PLACE | walk.harmless(stack) | walk.GROWS | walk.GUARDED | walk.LASTING
        there |= walk.APART | walk.TAKEN_OVER
        original = walk.original(stack)
        assert there.keys() | walk.PROTECTION == original.keys()
        secrets = {key for key, it in walk.declared().items() if it.get("secret")}
        assert secrets == walk.declared().keys() - original.keys()
        same = {key for key in there if there[key] == original[key]}
        assert same <= {"database-public-ip", "load-balancer", "api-domain", "cloud-armor"}


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
    done = lifecycle.changes(stack)
    version = "gcp:secretmanager/secretVersion:SecretVersion::openai-api-key"
    assert set().union(*done.values()) == {version, API, WORKER}
    assert "another-openai-api-key" not in stack.state()

    # One that was changed by hand in Google Cloud is sent again.
    done = lifecycle.changes(stack, secrets_version="2")
    assert version in set().union(*done.values())


def test_a_password_that_was_corrected_is_the_same_everywhere(
    engine: Engine, provider: Provider
) -> None:
    stack = engine.infrastructure("dev")
    provider.fail_once.add("user")  # as if Cloud SQL refused the password
    assert not stack.up().succeeded
    stored = "projects/apex-memory-dev/secretVersions/postgres-password"
    assert provider.cloud.told[stored]["secretDataWo"] == "Fake-1-postgres-password"

    stack.set_secret("postgres-password", "Corrected-1-password")
    assert stack.up().succeeded
    user = provider.cloud.told["projects/apex-memory-dev/users/apex"]
    assert user["passwordWo"] == "Corrected-1-password"
    assert provider.cloud.told[stored]["secretDataWo"] == user["passwordWo"]
    lifecycle.settles(stack)
