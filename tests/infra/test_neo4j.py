"""Neo4j on a virtual machine."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from infra.config.databases import Neo4jConfig
from infra.databases.neo4j import memory
from tests.infra.deployment import Deployment, deploy, secret_value

INSTANCE = "gcp:compute/instance:Instance"
DISK = "gcp:compute/disk:Disk"


def metadata(deployment: Deployment) -> Mapping[str, str]:
    found: Mapping[str, str] = deployment.one(INSTANCE, "neo4j").inputs["metadata"]
    return found


def environment(deployment: Deployment) -> dict[str, str]:
    lines = metadata(deployment)["database-environment"].splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_neo4j_fits_the_smallest_machine(deployment: Deployment) -> None:
    assert deployment.one(INSTANCE, "neo4j").inputs["machineType"] == "e2-small"
    told = environment(deployment)
    assert told["NEO4J_server_memory_heap_initial__size"] == "512m"
    assert told["NEO4J_server_memory_heap_max__size"] == "512m"
    assert told["NEO4J_server_memory_pagecache_size"] == "256m"


def test_larger_machine_has_a_larger_heap_and_page_cache() -> None:
    told = environment(deploy("dev", {"neo4j-machine-type": "e2-standard-2"}))
    assert told["NEO4J_server_memory_heap_max__size"] == "2048m"
    assert told["NEO4J_server_memory_pagecache_size"] == "4096m"


@pytest.mark.parametrize(
    ("machine_type", "gib"),
    [
        ("e2-small", 2),
        ("e2-medium", 4),
        ("e2-standard-2", 8),
        ("e2-standard-4", 16),
        ("e2-standard-8", 32),
    ],
)
def test_heap_and_page_cache_leave_a_gigabyte(machine_type: str, gib: int) -> None:
    heap, page_cache = memory(machine_type)
    assert heap >= 512
    assert page_cache >= 256
    assert heap + page_cache + 1024 <= gib * 1024


def test_memory_of_an_unknown_machine_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="the memory of n2-large is not known; known: e2-small, "):
        memory("n2-large")


def test_bolt_is_open_and_nothing_else(deployment: Deployment) -> None:
    assert metadata(deployment)["database-port"] == "7687"
    told = environment(deployment)
    assert told["NEO4J_server_bolt_listen__address"] == "0.0.0.0:7687"
    assert told["NEO4J_server_http_enabled"] == "false"
    rules = deployment.all("gcp:compute/firewall:Firewall")
    ports = {
        rule.name: rule.inputs["allows"][0]["ports"]
        for rule in rules
        if "neo4j" in rule.inputs.get("targetTags", [])
    }
    assert ports == {"allow-neo4j": ["7687"], "allow-neo4j-ssh": ["22"]}


def test_nothing_is_reported_to_neo4j(deployment: Deployment) -> None:
    assert environment(deployment)["NEO4J_dbms_usage__report_enabled"] == "false"


def test_password_is_read_from_a_file_and_written_nowhere(deployment: Deployment) -> None:
    told = metadata(deployment)
    assert told["database-secret"] == "id-of-neo4j-password/versions/1"
    assert told["database-secret-template"] == "neo4j/{secret}"
    assert environment(deployment)["NEO4J_AUTH_PATH"] == told["database-secret-path"]
    assert "NEO4J_AUTH" not in environment(deployment)
    assert secret_value("neo4j-password") not in str(told)


def test_password_is_tried_as_the_file_has_it(dev: Deployment, tmp_path: Path) -> None:
    password = 'it\'s "odd" $HOME /& 100%'
    file = tmp_path / "auth"
    file.write_text(f"neo4j/{password}")
    shell = tmp_path / "cypher-shell"
    shell.write_text('#!/bin/sh\nprintf "%s\\n" "$NEO4J_PASSWORD" "$@"\n')
    shell.chmod(0o755)
    check = metadata(dev)["database-check"].replace("/run/secrets/neo4j-auth", str(file))
    said = subprocess.run(
        ["sh", "-c", check],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.splitlines() == [
        password,
        *("--address", "bolt://localhost:7687", "--username", "neo4j", "RETURN 1"),
    ]


def test_data_disk_and_its_snapshots_follow_the_configuration() -> None:
    deployment = deploy("dev", {"neo4j-disk-size": 50, "database-backup-retention": 21})
    assert deployment.one(DISK, "neo4j-data").inputs["size"] == 50
    schedule = deployment.one("gcp:compute/resourcePolicy:ResourcePolicy", "neo4j-daily").inputs
    retention = schedule["snapshotSchedulePolicy"]["retentionPolicy"]
    assert retention["maxRetentionDays"] == 21


def test_image_comes_from_the_stacks_own_registry(deployment: Deployment) -> None:
    image = metadata(deployment)["database-image"]
    assert image.startswith("us-central1-docker.pkg.dev/")
    assert "/docker-hub/library/neo4j" in image


def test_every_machine_that_may_be_configured_has_a_known_memory() -> None:
    machines = get_args(Neo4jConfig.model_fields["machine_type"].annotation)
    assert machines
    for machine in machines:
        heap, page_cache = memory(machine)
        assert heap >= 512
        assert page_cache >= 256
