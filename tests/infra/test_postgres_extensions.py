"""PostgreSQL's extensions, and the job that creates them.

psql is a stand-in here: which server would have vector and pgaudit? What it is told is looked at.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.infra.deployment import ROOT, Deployment

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
