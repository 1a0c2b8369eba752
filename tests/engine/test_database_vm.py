"""A database's machine through the real engine."""

from __future__ import annotations

import pytest

from tests.engine.harness import Engine

MACHINE = "apex:databases:Neo4j$apex:databases:DatabaseVm$gcp:compute"

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


@pytest.mark.usefixtures("saved_once")
def test_machine_is_replaced_and_its_data_and_address_stay(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = engine.infrastructure("dev")
    first = stack.up()
    assert first.succeeded, first.output

    monkeypatch.setattr(
        "infra.databases.vm.database_vm._IMAGE", "projects/cos-cloud/global/images/family/cos-next"
    )
    second = stack.up()
    assert second.succeeded, second.output
    # One machine at a time: the new one gets the name, the address and the disk of the old one.
    assert second.steps(f"{MACHINE}/instance:Instance::neo4j") == [
        "delete-replaced",
        "replace",
        "create-replacement",
    ]
    assert second.steps(f"{MACHINE}/disk:Disk::neo4j-data") == ["same"]
    assert second.steps(f"{MACHINE}/address:Address::neo4j") == ["same"]
