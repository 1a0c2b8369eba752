"""PostgreSQL is restored into another instance, and the stack takes that one over."""

from __future__ import annotations

import pytest

from tests.engine import lifecycle, walk
from tests.engine.harness import PACK, Engine
from tests.engine.provider.server import Provider
from tests.engine.provider.values import Properties

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance::postgres"
DATABASE = "gcp:sql/database:Database::database"
USER = "gcp:sql/user:User::user"
PARTS = {INSTANCE, DATABASE, USER}

NAME = walk.TAKEN_OVER["database-instance"]


def old(project: str) -> str:
    """The id of the stack's own instance."""
    return f"projects/{project}/databaseInstances/postgres"


def imported(project: str, name: str = NAME) -> str:
    """The id that an instance is imported with."""
    return f"projects/{project}/instances/{name}"


def restored(project: str, name: str = NAME) -> dict[str, Properties]:
    """What is there, by the id that it is imported with, as Google's API says it."""
    instance = imported(project, name)
    return {
        instance: {
            "name": name,
            "region": "us-central1",
            "databaseVersion": "POSTGRES_17",
            # What is restored from a backup has the data, and few of the settings.
            "settings": {"tier": "db-custom-1-3840", "edition": "ENTERPRISE", "diskSize": 20},
        },
        f"{instance}/databases/apex_memory": {"name": "apex_memory", "instance": name},
        f"{project}/{name}/apex": {"name": "apex", "instance": name, "type": "BUILT_IN"},
    }


FOLLOW = {
    "gcp:cloudrunv2/job:Job::apex-pg-extensions",
    "gcp:cloudrunv2/service:Service::apex-api",
    "gcp:cloudrunv2/workerPool:WorkerPool::apex-worker",
    *(
        f"gcp:monitoring/alertPolicy:AlertPolicy::Postgres{name}"
        for name in (
            *("Down", "CpuHigh", "MemoryHigh", "DiskHigh", "ConnectionsHigh", "BackupFailed"),
        )
    ),
}
"""What has to know of the other instance."""


@pytest.mark.usefixtures("saved_once")
def test_a_restored_instance_is_taken_over(engine: Engine, provider: Provider) -> None:
    stack = engine.infrastructure("production")
    before = lifecycle.comes_up(stack)
    project = str(before.outputs["project_id"])
    provider.cloud.made_by_hand |= restored(project)

    stack.configure(database_instance=NAME)
    preview = stack.preview(packs=[PACK])
    assert preview.succeeded, preview.output
    assert preview.blocking == []

    after = stack.up(packs=[PACK])
    assert after.succeeded, after.output
    done = after.done
    assert done.pop("import-replacement") == PARTS
    # The new ones get the settings and the password that the stack has.
    assert done.pop("update") == PARTS | FOLLOW
    assert after.inputs("user")["passwordWoVersion"]
    # The engine calls it that. The old instance is forgotten, and is there still.
    assert done == {"replace": PARTS, "delete-replaced": PARTS}
    assert old(project) in provider.cloud
    changed = {key for key in after.outputs if after.outputs[key] != before.outputs[key]}
    assert changed == {"postgres_connection", "postgres_private_ip"}

    lifecycle.settles(stack)
    back = walk.original("production") | walk.TAKEN_OVER
    assert INSTANCE in lifecycle.refused(stack, back, **{"database-instance": ""})

    # The way back is another one of the same kind.
    provider.cloud.made_by_hand |= restored(project, "postgres")
    done = lifecycle.changes(stack, database_instance="postgres")
    assert done["import-replacement"] == PARTS
    assert imported(project) in provider.cloud
    lifecycle.settles(stack)

    # What is there no more is the operator's to delete, and keeps the network until then.
    for forgotten in (old(project), imported(project)):
        assert forgotten in provider.cloud
        provider.cloud.delete_by_hand(forgotten)
    lifecycle.is_taken_down(stack)
    assert imported(project, "postgres") not in provider.cloud


def test_a_disk_that_would_shrink_stops_it_and_nothing_is_lost(
    engine: Engine, provider: Provider
) -> None:
    stack = engine.infrastructure("dev")
    project = str(lifecycle.comes_up(stack).outputs["project_id"])
    provider.cloud.made_by_hand |= restored(project)

    stack.configure(database_instance=NAME)  # with 20 GB, where the stack has 10
    stopped = stack.up()
    assert not stopped.succeeded
    assert "may not be replaced" in stopped.output
    assert old(project) in provider.cloud

    lifecycle.changes(stack, database_disk_size="20")
    assert old(project) not in provider.cloud  # as nothing is protected in dev
    lifecycle.settles(stack)
    lifecycle.is_taken_down(stack)
