"""The operators' jobs: what there is in a stack, and the scripts, run for real.

The tools are stand-ins that write down what they were told, but for curl, and for psql where a
PostgreSQL server is installed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import infra.databases.operators
from tests.infra.deployment import Deployment, Registered, deploy
from tests.infra.postgres_server import installed, running
from tests.infra.qdrant_server import Qdrant

SCRIPTS = Path(infra.databases.operators.__file__).parent
JOB = "gcp:cloudrunv2/job:Job"
READER = "gcp:secretmanager/secretIamMember:SecretIamMember"
RUNNER = "gcp:cloudrunv2/jobIamMember:JobIamMember"
GROUP = "group:operators@example.com"
ODD = ["two words", "a,b", "it's", '$HOME "quoted" `id`', "*", "", "-x"]

READS = {
    "operator-postgres": {"postgres-password"},
    "operator-neo4j": {"neo4j-password"},
    "operator-redis": {"redis-auth-string", "redis-ca-certificate"},
    "operator-qdrant": {"qdrant-api-key"},
}
TAGS = {
    "operator-postgres": ["postgres-client"],
    "operator-neo4j": ["neo4j-client"],
    "operator-redis": ["redis-client"],
    "operator-qdrant": [],
}


def jobs(deployment: Deployment) -> dict[str, Registered]:
    return {it.name: it for it in deployment.all(JOB) if it.name.startswith("operator-")}


@cache
def opened_in(stack: str) -> Deployment:
    """Returns a stack with a way in for a group of operators."""
    return deploy(stack, {"operator-access": True, "operators": GROUP})


@pytest.fixture
def opened(stack: str) -> Deployment:
    """Returns each stack in turn, with a way in for a group of operators."""
    return opened_in(stack)


def test_there_is_no_way_in_unless_it_is_asked_for(deployment: Deployment) -> None:
    assert jobs(deployment) == {}
    assert not [it for it in deployment.resources if "operator" in it.name]


def test_each_job_reads_one_database_s_secrets_and_reaches_it_alone(opened: Deployment) -> None:
    assert set(jobs(opened)) == set(READS)
    for name, job in jobs(opened).items():
        template = job.inputs["template"]["template"]
        account = f"{name}@a-project.iam.gserviceaccount.com"
        assert template["serviceAccount"] == account
        assert template["vpcAccess"]["networkInterfaces"][0]["tags"] == TAGS[name]
        readable = {
            grant.inputs["secretId"].removeprefix("id-of-")
            for grant in opened.all(READER)
            if grant.inputs["member"] == f"serviceAccount:{account}"
        }
        assert readable == READS[name]


def test_nothing_runs_by_itself_or_a_second_time(opened: Deployment) -> None:
    scheduled = {it.name for it in opened.all("gcp:cloudscheduler/job:Job")}
    for name, job in jobs(opened).items():
        assert "runExecutionToken" not in job.inputs
        assert job.inputs["template"]["template"]["maxRetries"] == 0
        assert name not in scheduled


def test_the_group_may_run_these_jobs_and_nothing_else(opened: Deployment) -> None:
    granted = {
        (it.type, it.inputs.get("name"), it.inputs.get("role"))
        for it in opened.resources
        if it.inputs.get("member") == GROUP
    }
    assert granted == {(RUNNER, job, "roles/run.jobsExecutorWithOverrides") for job in READS}


def test_without_a_group_nobody_is_let_in() -> None:
    deployment = deploy("production", {"operator-access": True})
    assert set(jobs(deployment)) == set(READS)
    assert not [it for it in deployment.all(RUNNER) if it.name.startswith("operator-")]


def test_images_are_those_of_the_databases_by_digest(opened: Deployment) -> None:
    for name, image in {
        "operator-postgres": "/docker-hub/library/postgres@sha256:",
        "operator-neo4j": "/docker-hub/library/neo4j@sha256:",
        "operator-redis": "/docker-hub/library/redis@sha256:",
        "operator-qdrant": "/docker-hub/curlimages/curl@sha256:",
    }.items():
        assert image in container(opened, name)["image"]


def test_what_is_asked_by_default_changes_nothing(opened: Deployment) -> None:
    assert {name: container(opened, name)["args"] for name in READS} == {
        "operator-postgres": ["--command", "SELECT version()"],
        "operator-neo4j": ["RETURN 1"],
        "operator-redis": ["PING"],
        "operator-qdrant": ["/collections"],
    }


def container(deployment: Deployment, job: str) -> dict[str, Any]:
    [found] = jobs(deployment)[job].inputs["template"]["template"]["containers"]
    return dict(found)


def environment(deployment: Deployment, job: str) -> dict[str, str]:
    """Returns what the job's container is given, each secret as `secret of <name>`."""
    return {
        it["name"]: it.get("value") or f"secret of {it['name']}"
        for it in container(deployment, job)["envs"]
    }


def run(
    deployment: Deployment, job: str, *arguments: str, path: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Runs a job's container as Cloud Run does, with other arguments."""
    return subprocess.run(
        [*container(deployment, job)["commands"], *arguments],
        env={**environment(deployment, job), "PATH": path, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def stand_in(folder: Path, tool: str) -> str:
    """Puts a tool into a folder that prints its arguments and its environment; returns a PATH."""
    program = folder / tool
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "files = {it: open(it).read() for it in sys.argv[1:] if os.path.isfile(it)}\n"
        "print(json.dumps({'told': sys.argv[1:], 'env': dict(os.environ), 'files': files}))\n"
        "sys.exit(3)\n"
    )
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_psql_is_told_where_and_who_and_the_rest_is_the_operators(tmp_path: Path) -> None:
    deployment = opened_in("production")
    ran = run(deployment, "operator-postgres", *ODD, path=stand_in(tmp_path, "psql"))
    said = json.loads(ran.stdout)
    assert ran.returncode == 3
    assert said["told"] == ["--no-psqlrc", "--set=ON_ERROR_STOP=1", *ODD]
    assert {key: it for key, it in said["env"].items() if key.startswith("PG")} == {
        "PGHOST": "10.20.0.2",
        "PGPORT": "5432",
        "PGDATABASE": "apex_memory",
        "PGUSER": "apex",
        "PGPASSWORD": "secret of POSTGRES_PASSWORD",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "20",
        "PGAPPNAME": "operator",
    }


def test_cypher_shell_is_told_where_and_who(tmp_path: Path) -> None:
    deployment = opened_in("production")
    ran = run(deployment, "operator-neo4j", *ODD, path=stand_in(tmp_path, "cypher-shell"))
    said = json.loads(ran.stdout)
    assert ran.returncode == 3
    where = ["--address", "bolt://10.10.0.2:7687", "--username", "neo4j"]
    assert said["told"] == [*where, "--non-interactive", "--format", "plain", *ODD]
    assert said["env"]["NEO4J_PASSWORD"] == "secret of NEO4J_PASSWORD"


def test_redis_cli_checks_the_certificate_and_has_the_password_in_no_argument(
    tmp_path: Path,
) -> None:
    deployment = opened_in("production")
    ran = run(deployment, "operator-redis", *ODD, path=stand_in(tmp_path, "redis-cli"))
    said = json.loads(ran.stdout)
    assert ran.returncode == 3
    [(file, text)] = said["files"].items()
    assert text == "secret of REDIS_CA_CERTIFICATE"
    where = ["-h", "10.20.0.3", "-p", "6378", "--tls", "--cacert", file]
    assert said["told"] == [*where, "-e", *ODD]
    assert said["env"]["REDISCLI_AUTH"] == "secret of REDIS_AUTH_STRING"


@pytest.mark.parametrize("cloud_run", [True, False])
def test_qdrant_is_asked_with_all_that_it_wants(cloud_run: bool) -> None:
    deployment = opened_in("production")
    with Qdrant({"documents": b"vectors"}, cloud_run=cloud_run) as qdrant:
        given = {"QDRANT_AUDIENCE": "", **qdrant.environment}
        ran = run(deployment, "operator-qdrant", "/collections", path=os.environ["PATH"], **given)
        missing = run(deployment, "operator-qdrant", "/no", path=os.environ["PATH"], **given)
    assert ran.returncode == 0, ran.stderr
    answer, _, status = ran.stdout.rpartition(" ")
    assert (json.loads(answer)["result"], status) == (
        {"collections": [{"name": "documents"}]},
        "(200)\n",
    )
    assert missing.returncode != 0
    assert "404" in missing.stdout + missing.stderr


@pytest.mark.parametrize("arguments", [[], ["collections"]])
def test_qdrant_s_path_comes_first(arguments: list[str]) -> None:
    deployment = opened_in("production")
    ran = run(deployment, "operator-qdrant", *arguments, path=os.environ["PATH"])
    assert ran.returncode == 2
    found = arguments[0] if arguments else "nothing"
    assert ran.stderr == (
        f"operator: expected a path first, such as /collections, and found: {found}\n"
    )


@pytest.fixture(scope="module")
def server() -> Any:
    """Yields what clients of a real PostgreSQL are told."""
    programs = installed()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed below /usr/lib/postgresql")
    with running(programs, []) as told:
        yield told | {"PATH": f"{programs}:{os.environ['PATH']}"}


def psql(server: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", (SCRIPTS / "psql.sh").read_text("utf-8"), "psql.sh", *arguments],
        env=dict(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_real_database_answers(server: Mapping[str, str]) -> None:
    ran = psql(server, "-At", "-c", "SELECT current_setting('application_name'), 'a,b'")
    assert (ran.returncode, ran.stdout) == (0, "operator|a,b\n"), ran.stderr


def test_the_second_command_is_not_run_when_the_first_fails(server: Mapping[str, str]) -> None:
    ran = psql(server, "-c", "SELECT * FROM nowhere", "-c", "SELECT 'went on'")
    assert ran.returncode == 1
    assert 'relation "nowhere" does not exist' in ran.stderr
    assert "went on" not in ran.stdout
