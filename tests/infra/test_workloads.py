"""What workloads on Cloud Run have in common: given a database, they can use it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.compute import (
    BucketMount,
    CloudRunJob,
    CloudRunJobArgs,
    CloudRunService,
    CloudRunServiceArgs,
    CloudRunWorkerPool,
    CloudRunWorkerPoolArgs,
    Connection,
)
from infra.config.networking import NetworkConfig
from infra.networking import Network, NetworkArgs
from infra.project import EnabledApis, StackContext
from infra.secrets import SecretStore, SecretStoreArgs
from tests.infra.deployment import Deployment, Registered, in_stack

SERVICE = "gcp:cloudrunv2/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
READER = "gcp:secretmanager/secretIamMember:SecretIamMember"
INVOKER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"

Kind = Literal["service", "pool", "job"]


def build(
    kind: Kind,
    *,
    connector: bool = False,
    uses: Sequence[str] = ("sql", "vectors"),
    **args: Any,
) -> Deployment:
    """Returns what a workload asks for that uses two databases."""

    def program() -> None:
        ctx = StackContext(
            project="a-project",
            region="us-central1",
            environment="dev",
            labels={"app": "test"},
            deletion_protection=True,
            apis=EnabledApis("apis"),
        )
        network = Network(
            "network",
            NetworkArgs(ctx=ctx, config=NetworkConfig(connector="way" if connector else "")),
        )
        names = ("sql-password", "vectors-key", "token", "somebody-elses")
        values = {name: pulumi.Output.secret(name) for name in names}
        secrets = SecretStore("secrets", SecretStoreArgs(ctx=ctx, values=values, version=1))
        databases: Mapping[str, Connection] = {
            "sql": Connection(
                environment={"SQL_HOST": pulumi.Output.from_input("10.20.0.2")},
                secrets={"SQL_PASSWORD": secrets["sql-password"]},
                network_tag="sql-client",
            ),
            "vectors": Connection(
                environment={"VECTORS_URL": "https://vectors"},
                secrets={"VECTORS_KEY": secrets["vectors-key"]},
                service="vectors",
            ),
        }
        common = {
            "ctx": ctx,
            "network": network,
            "description": "A workload.",
            "image": "an-image",
            "environment": {"COLOUR": "green"},
            "secrets": {"TOKEN": secrets["token"]},
            "databases": [databases[name] for name in uses],
            **args,
        }
        match kind:
            case "service":
                CloudRunService("workload", CloudRunServiceArgs(ingress="INTERNAL_ONLY", **common))
            case "pool":
                CloudRunWorkerPool("workload", CloudRunWorkerPoolArgs(instances=2, **common))
            case "job":
                CloudRunJob("workload", CloudRunJobArgs(**{"run": "by-hand", **common}))

    return in_stack("dev", {}, program)[1]


def workload(deployment: Deployment) -> Registered:
    [found] = [it for type_ in (SERVICE, POOL, JOB) for it in deployment.all(type_)]
    return found


def template(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = workload(deployment).inputs["template"]
    task: dict[str, Any] = found.get("template", found)  # a job has a task's in an execution's
    return task


def environment(deployment: Deployment) -> dict[str, Any]:
    [container] = template(deployment)["containers"]
    return {
        it["name"]: it.get("value") or it["valueSource"]["secretKeyRef"] for it in container["envs"]
    }


KINDS: list[Kind] = ["service", "pool", "job"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_brings_its_variables_and_secrets(kind: Kind) -> None:
    assert environment(build(kind)) == {
        "COLOUR": "green",
        "SQL_HOST": "10.20.0.2",
        "VECTORS_URL": "https://vectors",
        "TOKEN": {"secret": "id-of-token", "version": "1"},
        "SQL_PASSWORD": {"secret": "id-of-sql-password", "version": "1"},
        "VECTORS_KEY": {"secret": "id-of-vectors-key", "version": "1"},
    }


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_let_in_where_its_databases_are_and_nowhere_else(kind: Kind) -> None:
    deployment = build(kind)
    member = "serviceAccount:workload@a-project.iam.gserviceaccount.com"
    readable = {grant.inputs["secretId"]: grant.inputs for grant in deployment.all(READER)}
    assert set(readable) == {"id-of-token", "id-of-sql-password", "id-of-vectors-key"}
    for grant in readable.values():
        assert (grant["role"], grant["member"]) == ("roles/secretmanager.secretAccessor", member)
    [invoker] = deployment.all(INVOKER)
    assert invoker.inputs["name"] == "vectors"
    assert (invoker.inputs["role"], invoker.inputs["member"]) == ("roles/run.invoker", member)
    assert not deployment.all("gcp:projects/iAMMember:IAMMember")


@pytest.mark.parametrize("kind", KINDS)
def test_it_starts_when_it_has_been_let_in(kind: Kind) -> None:
    deployment = build(kind)
    before = {resource.urn for resource in deployment.before(workload(deployment))}
    assert before >= {grant.urn for grant in deployment.all(READER) + deployment.all(INVOKER)}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_it_sends_goes_through_the_vpc_to_its_databases(kind: Kind) -> None:
    access = template(build(kind, internet=True))["vpcAccess"]
    assert access["egress"] == "ALL_TRAFFIC"
    assert access["networkInterfaces"] == [
        {
            "network": "apex-memory-vpc",
            "subnetwork": "apex-memory-subnet",
            "tags": ["sql-client", "internet-egress"],
        }
    ]


def test_without_the_internet_it_has_no_way_there() -> None:
    [interface] = template(build("service"))["vpcAccess"]["networkInterfaces"]
    assert interface["tags"] == ["sql-client"]


@pytest.mark.parametrize("kind", KINDS)
def test_where_there_is_a_connector_it_is_the_way(kind: Kind) -> None:
    access = template(build(kind, connector=True))["vpcAccess"]
    assert access == {"connector": "id-of-connector", "egress": "ALL_TRAFFIC"}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_an_identity_of_its_own_and_what_serves_is_protected(kind: Kind) -> None:
    deployment = build(kind)
    assert template(deployment)["serviceAccount"] == "workload@a-project.iam.gserviceaccount.com"
    assert workload(deployment).protected is (kind != "job")


@pytest.mark.parametrize(("read_only", "role"), [(True, "objectViewer"), (False, "objectUser")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_is_a_folder_that_it_may_use(
    kind: Kind,
    read_only: bool,
    role: str,
) -> None:
    deployment = build(
        kind, buckets=[BucketMount(path="/mnt/box", bucket="a-bucket", read_only=read_only)]
    )
    assert template(deployment)["volumes"] == [
        {"name": "mnt-box", "gcs": {"bucket": "a-bucket", "readOnly": read_only}}
    ]
    [container] = template(deployment)["containers"]
    assert container["volumeMounts"] == [{"name": "mnt-box", "mountPath": "/mnt/box"}]
    grant = deployment.one("gcp:storage/bucketIAMMember:BucketIAMMember").inputs
    assert (grant["bucket"], grant["role"]) == ("a-bucket", f"roles/storage.{role}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_may_be_a_users(kind: Kind) -> None:
    mount = BucketMount(path="/mnt/box", bucket="a-bucket", read_only=False, user="7:8")
    [volume] = template(build(kind, buckets=[mount]))["volumes"]
    assert volume["gcs"]["mountOptions"] == ["uid=7", "gid=8"]


def test_a_service_is_nobodys_business_unless_it_is_public() -> None:
    members = {
        public: {
            grant.inputs["member"]
            for grant in build("service", public=public, uses=()).all(INVOKER)
        }
        for public in (True, False)
    }
    assert members == {True: {"allUsers"}, False: set()}


def test_a_service_may_take_four_minutes_to_begin() -> None:
    [container] = template(build("service"))["containers"]
    probe = container["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == 240


def test_a_job_runs_with_the_deployment_where_it_should() -> None:
    def token(run: str) -> Any:
        return build("job", run=run, schedule="0 * * * *").one(JOB).inputs.get("runExecutionToken")

    assert len("workload" + token("with-the-deployment")) < 63
    assert token("on-schedule") is None
    assert token("by-hand") is None


_WORDS = st.lists(st.sampled_from(["a", "b", "--c"]), max_size=2)


@settings(max_examples=5, deadline=None)
@given(
    st.tuples(st.sampled_from(["i", "j"]), _WORDS, st.sampled_from(["1", "2"])),
    st.tuples(st.sampled_from(["i", "j"]), _WORDS, st.sampled_from(["1", "2"])),
)
def test_a_job_that_changes_runs_again(
    one: tuple[str, list[str], str], other: tuple[str, list[str], str]
) -> None:
    def token(args: tuple[str, list[str], str]) -> Any:
        image, arguments, cpu = args
        deployment = build(
            "job", run="with-the-deployment", image=image, arguments=arguments, cpu=cpu
        )
        return deployment.one(JOB).inputs["runExecutionToken"]

    assert (token(one) == token(other)) is (one == other)


def test_a_job_on_schedule_is_run_by_an_identity_that_may_only_that() -> None:
    deployment = build("job", run="on-schedule", schedule="0 */6 * * *")
    cron = deployment.one("gcp:cloudscheduler/job:Job").inputs
    assert (cron["schedule"], cron["timeZone"]) == ("0 */6 * * *", "Etc/UTC")
    assert cron["httpTarget"]["uri"] == "https://run.googleapis.com/v2/id-of-workload:run"
    runner = "workload-cron@a-project.iam.gserviceaccount.com"
    assert cron["httpTarget"]["oauthToken"]["serviceAccountEmail"] == runner
    grant = deployment.one("gcp:cloudrunv2/jobIamMember:JobIamMember").inputs
    assert (grant["name"], grant["member"]) == ("workload", f"serviceAccount:{runner}")
