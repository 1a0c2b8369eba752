"""Qdrant, on Cloud Run and on a virtual machine."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import pulumi
import pytest

import infra.databases.qdrant
from infra.compute import Connection
from infra.config.databases import QdrantConfig
from infra.config.databases import QdrantMemory as Memory
from infra.config.databases import QdrantRuntime as Runtime
from infra.config.networking import NetworkConfig
from infra.databases.qdrant import Qdrant, QdrantArgs
from infra.networking import Network, NetworkArgs
from infra.project import EnabledApis, ImageRegistry, StackContext
from infra.secrets import SecretStore, SecretStoreArgs
from tests.infra.deployment import Deployment, Registered, in_stack

SCRIPTS = Path(infra.databases.qdrant.__file__).parent
SERVICE = "gcp:cloudrunv2/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
BUCKET = "gcp:storage/bucket:Bucket"
BUCKET_MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
SECRET_MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember"
INVOKER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
INSTANCE = "gcp:compute/instance:Instance"
Environment = Literal["dev", "staging", "production"]

VALUE = "value-of-the-key"
LABELS = {"app": "apex-memory", "environment": "dev"}


@cache
def build(
    runtime: Runtime, environment: Environment = "dev", memory: Memory = "2Gi"
) -> tuple[Connection, Deployment]:
    """Returns the connection to a Qdrant, and all that was asked for to have it."""

    def program() -> Connection:
        ctx = StackContext(
            project="a-project",
            region="europe-west1",
            environment=environment,
            labels=LABELS,
            deletion_protection=environment != "dev",
            apis=EnabledApis("apis"),
        )
        network = Network(
            "network",
            NetworkArgs(ctx=ctx, config=NetworkConfig()),
        )
        values = {name: pulumi.Output.secret(VALUE) for name in ("qdrant-api-key", "other")}
        secrets = SecretStore("secrets", SecretStoreArgs(ctx=ctx, values=values, version=7))
        images = ImageRegistry("images", ctx=ctx)
        return Qdrant(
            "qdrant",
            QdrantArgs(
                ctx=ctx,
                network=network,
                images=images,
                config=QdrantConfig(runtime=runtime, memory=memory),
                api_key=secrets["qdrant-api-key"],
                snapshot_retention=14,
            ),
        ).connection

    return in_stack("dev", {}, program)


@pytest.fixture(params=["cloud-run", "vm"])
def runtime(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def deployment(runtime: Runtime) -> Deployment:
    return build(runtime)[1]


@pytest.fixture
def cloud_run() -> Deployment:
    return build("cloud-run")[1]


@pytest.fixture
def vm() -> Deployment:
    return build("vm")[1]


def container(resource: Registered) -> dict[str, Any]:
    template = resource.inputs["template"]
    [found] = template.get("template", template)["containers"]
    return dict(found)


def variables(resource: Registered) -> dict[str, Any]:
    """Returns the plain environment variables of a container."""
    return {env["name"]: env["value"] for env in container(resource)["envs"] if "value" in env}


def secrets(resource: Registered) -> dict[str, Any]:
    """Returns the secrets of a container, by their variable."""
    return {
        env["name"]: env["valueSource"]["secretKeyRef"]
        for env in container(resource)["envs"]
        if "valueSource" in env
    }


def email(account: str) -> str:
    return f"serviceAccount:{account}@a-project.iam.gserviceaccount.com"


def test_service_is_one_instance_that_stays(cloud_run: Deployment) -> None:
    service = cloud_run.one(SERVICE).inputs
    assert service["template"]["scaling"] == {"minInstanceCount": 1, "maxInstanceCount": 1}
    assert service["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY"
    assert container(cloud_run.one(SERVICE))["ports"] == {"containerPort": 6333}


@pytest.mark.parametrize("memory", ["1Gi", "2Gi", "4Gi"])
def test_service_has_the_memory_that_is_configured(memory: Memory) -> None:
    limits = container(build("cloud-run", "dev", memory)[1].one(SERVICE))["resources"]["limits"]
    assert limits["memory"] == memory


@pytest.mark.parametrize(
    ("memory", "machine", "disk"),
    [("1Gi", "e2-small", 10), ("2Gi", "e2-medium", 20), ("4Gi", "e2-standard-2", 40)],
)
def test_machine_has_twice_the_memory_that_is_configured(
    memory: Memory, machine: str, disk: int
) -> None:
    deployment = build("vm", "dev", memory)[1]
    assert deployment.one(INSTANCE).inputs["machineType"] == machine
    assert deployment.one("gcp:compute/disk:Disk").inputs["size"] == disk


def test_nobody_may_call_the_service_but_the_jobs(cloud_run: Deployment) -> None:
    assert {
        (member.inputs["role"], member.inputs["member"]) for member in cloud_run.all(INVOKER)
    } == {
        ("roles/run.invoker", email("qdrant-snapshot")),
        ("roles/run.invoker", email("qdrant-restore")),
    }


def test_service_asks_for_its_key_and_tells_nobody(cloud_run: Deployment) -> None:
    service = cloud_run.one(SERVICE)
    assert secrets(service) == {
        "QDRANT__SERVICE__API_KEY": {"secret": "id-of-qdrant-api-key", "version": "1"}
    }
    told = variables(service)
    assert told["QDRANT__TELEMETRY_DISABLED"] == "true"
    assert told["QDRANT__SERVICE__ENABLE_STATIC_CONTENT"] == "false"
    assert told["QDRANT__SERVICE__ENABLE_CORS"] == "false"


def test_service_starts_from_the_buckets_snapshots_which_it_cannot_change(
    cloud_run: Deployment,
) -> None:
    service = cloud_run.one(SERVICE)
    [volume] = service.inputs["template"]["volumes"]
    assert volume["gcs"] == {"bucket": "a-project-qdrant-snapshots", "readOnly": True}
    [mount] = container(service)["volumeMounts"]
    assert mount["name"] == volume["name"]
    # Qdrant restores no file from outside of its folder of snapshots.
    assert mount["mountPath"].startswith("/qdrant/snapshots/")
    assert variables(service)["SNAPSHOTS_PATH"] == mount["mountPath"]
    assert container(service)["commands"] == ["/bin/sh", "-c"]
    assert container(service)["args"] == [(SCRIPTS / "start.sh").read_text("utf-8")]


def test_snapshots_are_written_by_the_images_user(deployment: Deployment) -> None:
    """As curl's image has it: `curl_user`, the first of Alpine's system users."""
    [volume] = deployment.one(JOB, "qdrant-snapshot").inputs["template"]["template"]["volumes"]
    assert volume["gcs"]["mountOptions"] == ["uid=100", "gid=101"]
    assert volume["gcs"]["readOnly"] is False


def test_restore_names_the_bucket_as_qdrant_sees_it(cloud_run: Deployment, vm: Deployment) -> None:
    [mount] = container(cloud_run.one(SERVICE))["volumeMounts"]
    told = {
        "cloud-run": variables(cloud_run.one(JOB, "qdrant-restore"))["SNAPSHOTS_PATH_IN_QDRANT"],
        "vm": variables(vm.one(JOB, "qdrant-restore"))["SNAPSHOTS_PATH_IN_QDRANT"],
    }
    assert told == {"cloud-run": mount["mountPath"], "vm": ""}


def test_machine_keeps_its_data_and_reads_its_key_from_a_file(vm: Deployment) -> None:
    told = vm.one(INSTANCE).inputs["metadata"]
    assert told["database-data-path"] == "/qdrant/storage"
    assert told["database-secret"] == "id-of-qdrant-api-key/versions/1"
    assert told["database-secret-path"] == "/qdrant/config/local.yaml"
    assert told["database-secret-template"] == (
        "service:\n  api_key: {secret:yaml}\n  grpc_port: null\n"
    )
    assert told["database-user"] == "1000:1000"
    assert told["database-read-only"] == "true"
    environment = dict(line.split("=", 1) for line in told["database-environment"].splitlines())
    assert environment["QDRANT__STORAGE__STORAGE_PATH"] == "/qdrant/storage"
    assert environment["QDRANT__STORAGE__SNAPSHOTS_PATH"].startswith("/qdrant/storage/")
    assert environment["QDRANT__TELEMETRY_DISABLED"] == "true"


def test_machine_listens_on_its_rest_port_alone(vm: Deployment) -> None:
    assert vm.one(INSTANCE).inputs["metadata"]["database-port"] == "6333"
    ports = {
        rule.name: rule.inputs["allows"][0]["ports"]
        for rule in vm.all("gcp:compute/firewall:Firewall")
        if "qdrant" in rule.inputs.get("targetTags", []) and rule.inputs["direction"] == "INGRESS"
    }
    assert ports == {"allow-qdrant": ["6333"], "allow-qdrant-ssh": ["22"]}


def test_each_runtime_builds_nothing_of_the_other(cloud_run: Deployment, vm: Deployment) -> None:
    assert cloud_run.all(INSTANCE) == []
    assert vm.all(SERVICE) == vm.all(INVOKER) == []


def test_connection_is_all_that_a_client_needs(runtime: Runtime) -> None:
    connection, deployment = build(runtime)
    job = deployment.one(JOB, "qdrant-snapshot")
    told = {key: value for key, value in variables(job).items() if key.startswith("QDRANT")}
    assert {name: secret["secret"] for name, secret in secrets(job).items()} == {
        "QDRANT_API_KEY": "id-of-qdrant-api-key"
    }
    [interface] = job.inputs["template"]["template"]["vpcAccess"]["networkInterfaces"]
    if runtime == "cloud-run":
        url = "https://qdrant-abcdef-uc.a.run.app"
        assert told == {"QDRANT_URL": url, "QDRANT_AUDIENCE": url}
        assert connection.service is not None
        assert interface["tags"] == []
    else:
        assert told == {"QDRANT_URL": "http://10.10.0.2:6333"}
        assert connection.service is None
        assert interface["tags"] == [connection.network_tag]


@pytest.mark.parametrize("job", ["qdrant-snapshot", "qdrant-restore"])
def test_jobs_run_their_script(deployment: Deployment, job: str) -> None:
    found = container(deployment.one(JOB, job))
    script = (SCRIPTS / "snapshots.sh").read_text("utf-8")
    command = {"qdrant-snapshot": "make", "qdrant-restore": "restore"}[job]
    assert found["commands"] == ["/bin/sh", "-c"]
    assert found["args"] == [script, "snapshots.sh", command]
    assert len(script.encode()) < 32768
    assert "docker-hub/curlimages/curl@" in found["image"]
    [volume] = deployment.one(JOB, job).inputs["template"]["template"]["volumes"]
    assert volume["gcs"]["readOnly"] is (job == "qdrant-restore")
    assert (
        found["volumeMounts"][0]["mountPath"]
        == variables(deployment.one(JOB, job))["SNAPSHOTS_PATH"]
    )


def test_snapshots_are_made_at_their_times_and_kept_for_theirs(deployment: Deployment) -> None:
    schedule = deployment.one("gcp:cloudscheduler/job:Job").inputs
    assert (schedule["name"], schedule["schedule"]) == ("qdrant-snapshot", "0 */6 * * *")
    job = deployment.one(JOB, "qdrant-snapshot")
    assert variables(job)["SNAPSHOTS_RETENTION"] == "14"


def test_restore_runs_when_somebody_runs_it_and_once(deployment: Deployment) -> None:
    job = deployment.one(JOB, "qdrant-restore").inputs
    assert "runExecutionToken" not in job
    assert job["template"]["template"]["maxRetries"] == 0


def test_job_that_makes_snapshots_has_room_for_them(deployment: Deployment) -> None:
    limits = container(deployment.one(JOB, "qdrant-snapshot"))["resources"]["limits"]
    assert limits["memory"] == "2Gi"


def test_key_is_read_by_qdrant_and_its_jobs_alone(runtime: Runtime, deployment: Deployment) -> None:
    readers = {
        member.inputs["member"]
        for member in deployment.all(SECRET_MEMBER)
        if member.inputs["secretId"] == "id-of-qdrant-api-key"
    }
    qdrant = {"cloud-run": "qdrant", "vm": "qdrant-vm"}[runtime]
    assert readers == {email(name) for name in (qdrant, "qdrant-snapshot", "qdrant-restore")}


def test_nobody_of_qdrants_reads_another_secret(deployment: Deployment) -> None:
    assert {member.inputs["secretId"] for member in deployment.all(SECRET_MEMBER)} == {
        "id-of-qdrant-api-key"
    }


def test_snapshots_are_written_by_one_job_and_read_by_who_restores(
    runtime: Runtime, deployment: Deployment
) -> None:
    grants = {
        (member.inputs["role"], member.inputs["member"]) for member in deployment.all(BUCKET_MEMBER)
    }
    viewers = ["qdrant-restore", *(["qdrant"] if runtime == "cloud-run" else [])]
    assert grants == {
        ("roles/storage.objectUser", email("qdrant-snapshot")),
        *(("roles/storage.objectViewer", email(name)) for name in viewers),
    }


def test_everything_starts_when_it_may_read_its_snapshots(deployment: Deployment) -> None:
    for resource in [*deployment.all(SERVICE), *deployment.all(JOB)]:
        before = {(known.type, known.name) for known in deployment.before(resource)}
        grants = {name for type_, name in before if type_ == BUCKET_MEMBER}
        assert any(name.startswith(f"{resource.name}-") for name in grants), resource.name
        assert (SECRET_MEMBER, f"{resource.name}-qdrant-api-key") in before


def test_bucket_is_private_and_beside_qdrant(deployment: Deployment) -> None:
    bucket = deployment.one(BUCKET).inputs
    assert bucket["name"] == "a-project-qdrant-snapshots"
    assert bucket["location"] == "europe-west1"
    assert bucket["uniformBucketLevelAccess"] is True
    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["labels"] == LABELS


def test_what_is_deleted_from_the_bucket_can_be_brought_back_and_costs_no_longer(
    deployment: Deployment,
) -> None:
    bucket = deployment.one(BUCKET).inputs
    assert bucket["versioning"] == {"enabled": True}
    assert bucket["softDeletePolicy"] == {"retentionDurationSeconds": 604800}
    [rule] = bucket["lifecycleRules"]
    assert rule["action"] == {"type": "Delete"}
    # Whatever is still there by its name stays, however old it is.
    assert rule["condition"] == {"daysSinceNoncurrentTime": 1, "withState": "ARCHIVED"}


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_snapshots_go_with_the_stack_in_dev_alone(
    runtime: Runtime, environment: Environment
) -> None:
    deployment = build(runtime, environment)[1]
    bucket = deployment.one(BUCKET)
    assert bucket.inputs["forceDestroy"] is (environment == "dev")
    assert bucket.protected is (environment != "dev")
    for resource in [*deployment.all(SERVICE), *deployment.all(INSTANCE)]:
        assert resource.protected is (environment != "dev"), resource.urn
    assert not any(job.protected for job in deployment.all(JOB))  # The program makes them again.


def test_key_is_in_no_plain_input(deployment: Deployment) -> None:
    plain = [
        {key: value for key, value in resource.inputs.items() if key not in resource.secret_inputs}
        for resource in deployment.resources
    ]
    assert VALUE not in str([plain, deployment.outputs])
