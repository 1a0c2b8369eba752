"""PostgreSQL's extensions, and the job that creates them.

The script runs with a stand-in for psql, to see what it is told, and, where a PostgreSQL server is
installed, against that with empty extensions of the same names.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.infra.deployment import ROOT, Deployment, deploy
from tests.infra.postgres_server import PASSWORD, installed, running

SCRIPT = ROOT / "infra" / "databases" / "postgres_extensions.sh"
JOB = "gcp:cloudrunv2/job:Job"
SETTINGS = {
    "POSTGRES_HOST": "10.20.0.2",
    "POSTGRES_PORT": "5432",
    "POSTGRES_DATABASE": "apex_memory",
    "POSTGRES_USER": "apex",
    "POSTGRES_PASSWORD": "it's $ecret",
    "POSTGRES_SSLMODE": "require",
}


def run(folder: Path, psql: str, without: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "psql").write_text(f"#!/bin/sh\n{psql}\n")
    (folder / "psql").chmod(0o755)
    variables = {key: value for key, value in SETTINGS.items() if key != without}
    return subprocess.run(
        ["/bin/sh", "-c", SCRIPT.read_text()],
        env={"PATH": f"{folder}:{os.environ['PATH']}", **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_creates_both_and_may_be_run_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ran = run(tmp_path, f'echo "$PGUSER@$PGHOST/$PGDATABASE $PGPASSWORD $PGSSLMODE $*" >>{log}')
    assert ran.returncode == 0, ran.stderr
    told = log.read_text().splitlines()
    assert [line.rpartition("--command=")[2] for line in told] == [
        "CREATE EXTENSION IF NOT EXISTS vector",
        "CREATE EXTENSION IF NOT EXISTS pgaudit",
    ]
    for line in told:
        assert line.startswith("apex@10.20.0.2/apex_memory it's $ecret require ")
        assert "--set=ON_ERROR_STOP=1" in line
    assert "secret" not in ran.stdout + ran.stderr


def test_says_which_one_failed_and_goes_no_further(tmp_path: Path) -> None:
    ran = run(tmp_path, 'case "$*" in *vector*) echo denied >&2; exit 3 ;; esac')
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "denied",
        "extensions: vector could not be created in apex_memory at 10.20.0.2",
    ]
    assert ran.stdout == ""


@pytest.mark.parametrize("variable", SETTINGS)
def test_without_a_setting_nothing_is_run(tmp_path: Path, variable: str) -> None:
    ran = run(tmp_path, "echo ran", without=variable)
    assert ran.returncode != 0
    assert variable in ran.stderr
    assert ran.stdout == ""


def test_the_deployment_runs_the_job_and_waits_for_it(deployment: Deployment) -> None:
    job = deployment.one(JOB, "apex-pg-extensions").inputs
    assert job["runExecutionToken"]
    [container] = job["template"]["template"]["containers"]
    assert container["args"] == [SCRIPT.read_text()]
    assert container["commands"] == ["/bin/sh", "-c"]
    assert "/docker-hub/library/postgres@sha256:" in container["image"]


def test_the_job_is_a_client_of_postgresql_and_of_nothing_else(deployment: Deployment) -> None:
    job = deployment.one(JOB, "apex-pg-extensions")
    access = job.inputs["template"]["template"]["vpcAccess"]
    assert access["networkInterfaces"][0]["tags"] == ["postgres-client"]
    readable = [
        grant.name
        for grant in deployment.all("gcp:secretmanager/secretIamMember:SecretIamMember")
        if grant.inputs["member"].startswith("serviceAccount:apex-pg-extensions@")
    ]
    assert readable == ["apex-pg-extensions-postgres-password"]


def test_the_job_runs_when_user_and_database_are_there(deployment: Deployment) -> None:
    before = {it.type for it in deployment.before(deployment.one(JOB, "apex-pg-extensions"))}
    assert {"gcp:sql/user:User", "gcp:sql/database:Database"} <= before


def test_the_job_runs_again_when_it_is_another_one(dev: Deployment) -> None:
    image = "docker.io/postgres@sha256:" + "0" * 64
    other = deploy("dev", {"postgres-client-image": image})
    tokens = {
        deployment.one(JOB, "apex-pg-extensions").inputs["runExecutionToken"]
        for deployment in (dev, other)
    }
    assert len(tokens) == 2


def test_the_workloads_wait_for_the_extensions(deployment: Deployment) -> None:
    job = deployment.one(JOB, "apex-pg-extensions")
    for type_, name in (
        ("gcp:cloudrunv2/service:Service", "apex-api"),
        ("gcp:cloudrunv2/workerPool:WorkerPool", "apex-worker"),
    ):
        assert job in deployment.before(deployment.one(type_, name)), name


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Yields what clients of a real PostgreSQL are told."""
    programs = installed()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed below /usr/lib/postgresql")
    with running(programs, ["vector", "pgaudit"]) as told:
        yield told | {"PATH": f"{programs}:{os.environ['PATH']}"}


def on(server: Mapping[str, str], **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs the script on a real PostgreSQL."""
    return subprocess.run(
        ["/bin/sh", "-c", SCRIPT.read_text()],
        env={**server, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ask(server: Mapping[str, str], sql: str) -> list[str]:
    """Returns the words that PostgreSQL answers."""
    return subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql],
        env={
            "PATH": server["PATH"],
            "PGHOST": server["POSTGRES_HOST"],
            "PGPORT": server["POSTGRES_PORT"],
            "PGUSER": server["POSTGRES_USER"],
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": server["POSTGRES_DATABASE"],
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()


def test_postgresql_has_both_after_one_run_and_after_two(server: Mapping[str, str]) -> None:
    for _ in range(2):
        ran = on(server)
        assert ran.returncode == 0, ran.stderr
        assert {"vector", "pgaudit"} <= set(ask(server, "SELECT extname FROM pg_extension"))


def test_a_user_who_may_not_is_told_so(server: Mapping[str, str]) -> None:
    ask(server, "DROP EXTENSION IF EXISTS vector, pgaudit")
    ask(server, f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    ran = on(server, POSTGRES_USER="reader")
    assert ran.returncode == 1
    assert "permission denied to create extension" in ran.stderr
    assert "extensions: vector could not be created in postgres at 127.0.0.1" in ran.stderr


def test_a_wrong_password_fails_the_job_and_is_not_shown(server: Mapping[str, str]) -> None:
    ran = on(server, POSTGRES_PASSWORD="another")
    assert ran.returncode == 1
    assert "password authentication failed" in ran.stderr
    assert "another" not in ran.stderr
