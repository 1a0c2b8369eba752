"""Several copies of the system in one project."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.config.project import FIRST_WORDS
from infra.monitoring.metrics import of_pool
from infra.names import prefixed
from tests.infra.deployment import STACKS, Deployment, Registered, deploy

IDS = ("name", "accountId", "repositoryId", "secretId", "workloadIdentityPoolId", "roleId")
"""Inputs that name a resource in Google Cloud, or what it belongs to."""
TITLES = ("displayName", "title")
"""Inputs that people tell resources apart by."""
OF_PARENT = {
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "workloadIdentityPoolId",
    "gcp:sql/database:Database": "instance",
    "gcp:sql/user:User": "instance",
    "gcp:dns/recordSet:RecordSet": "managedZone",
}
"""What has a name in something else that has one."""
OF_PROJECT = {"gcp:projects/service:Service"}
"""What a project has once, and both copies ask for."""
NAMELESS = {
    "gcp:monitoring/alertPolicy:AlertPolicy",
    "gcp:monitoring/dashboard:Dashboard",
    "gcp:monitoring/notificationChannel:NotificationChannel",
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
    "gcp:billing/budget:Budget",
}
"""What Google names itself, and people know by a title."""
GRANTS = re.compile(r"I[aA][mM]Member$|SecretVersion$|servicenetworking/connection:Connection$")
"""What is a part of something else, without any name."""

CHOICES: tuple[Mapping[str, Any], ...] = (
    {"operator-access": True},
    {"qdrant-runtime": "vm", "load-balancer": True, "api-domain": "api.apex-memory.example"},
)


@cache
def built(stack: str, prefix: str, choice: int) -> Deployment:
    return deploy(stack, {"name-prefix": prefix, **CHOICES[choice]})


def names(deployment: Deployment) -> Iterator[tuple[str, str, str]]:
    """Yields type, input and value of every name."""
    for it in deployment.resources:
        if not it.type.startswith("gcp:") or it.type in OF_PROJECT or GRANTS.search(it.type):
            continue
        told = (OF_PARENT[it.type],) if it.type in OF_PARENT else IDS
        found = [(it.type, key, str(it.inputs[key])) for key in told if it.inputs.get(key)]
        if it.type in NAMELESS:
            found = [(it.type, "title", title(it))]
        assert found, f"{it.type} {it.name} has no name"
        yield from found
        yield from (
            (it.type, key, it.inputs[key]) for key in TITLES if key in it.inputs and told == IDS
        )


def title(resource: Registered) -> str:
    if "dashboardJson" in resource.inputs:
        return str(json.loads(resource.inputs["dashboardJson"])["displayName"])
    return str(resource.inputs["displayName"])


@pytest.mark.parametrize("choice", range(len(CHOICES)))
def test_two_copies_share_no_name(stack: str, choice: int) -> None:
    copies = [set(names(built(stack, prefix, choice))) for prefix in ("", "blue", "green")]
    for number, one in enumerate(copies):
        assert len(one) > 60
        for other in copies[number + 1 :]:
            assert one & other == set()


@pytest.mark.parametrize("choice", range(len(CHOICES)))
def test_a_prefix_adds_and_takes_away_nothing(stack: str, choice: int) -> None:
    first, second = (built(stack, prefix, choice) for prefix in ("", "blue"))
    assert Counter(it.type for it in second.resources) == Counter(it.type for it in first.resources)


LIMITS = {
    # Each from the service's API reference or the provider's documentation, 2026.
    "gcp:artifactregistry/repository:Repository": 63,
    "gcp:cloudrunv2/job:Job": 49,
    "gcp:cloudrunv2/service:Service": 49,
    "gcp:cloudrunv2/workerPool:WorkerPool": 49,
    "gcp:cloudscheduler/job:Job": 500,
    "gcp:dns/managedZone:ManagedZone": 63,
    "gcp:dns/policy:Policy": 63,
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": 32,
    "gcp:logging/metric:Metric": 100,
    "gcp:projects/iAMCustomRole:IAMCustomRole": 64,
    "gcp:redis/instance:Instance": 40,
    "gcp:secretmanager/secret:Secret": 255,
    "gcp:serviceaccount/account:Account": 30,
    "gcp:sql/databaseInstance:DatabaseInstance": 67,
    "gcp:storage/bucket:Bucket": 63,
}
"""Characters that an id has at most."""


@pytest.mark.parametrize("choice", range(len(CHOICES)))
@pytest.mark.parametrize("suffix", ["", "x" * 15])
def test_names_with_the_longest_prefix_are_valid(stack: str, choice: int, suffix: str) -> None:
    changes = {"gcp:project": f"p{'x' * 29}", "name-prefix": "abcdefghi", "name-suffix": suffix}
    deployment = deploy(stack, {**changes, **CHOICES[choice]})
    ids = [found for found in names(deployment) if found[1] in IDS and found[0] not in OF_PARENT]
    for type_, _, name in ids:
        assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name.lower().replace("_", "-")), name
        assert len(name) <= LIMITS.get(type_, 63), (type_, name)
        assert type_ in LIMITS or type_.startswith("gcp:compute/"), type_
    assert max(len(name) for type_, _, name in ids if type_.endswith(":Account")) == 30


def test_the_titles_of_a_pool_are_short(stack: str) -> None:
    pool = built(stack, "abcdefghi", 0).one("gcp:iam/workloadIdentityPool:WorkloadIdentityPool")
    assert len(pool.inputs["displayName"]) <= 32


def own_names() -> set[str]:
    """Returns every id of the first copy, whatever its stack and choices."""
    return {
        name
        for stack in STACKS
        for choice in range(len(CHOICES))
        for type_, key, name in names(built(stack, "", choice))
        if key in IDS and not type_.endswith((":Bucket", ":IAMCustomRole", ":Metric"))
    }


def test_no_prefix_is_what_a_name_begins_with() -> None:
    """A copy `operator` would have a `operator-redis`, which is another thing in the first."""
    assert {re.split("[-_]", name)[0] for name in own_names()} - FIRST_WORDS == {
        "jwt",
        "openai",
        "anthropic",
        "temporal",
    }


@given(
    st.from_regex(r"([a-z][a-z0-9]{0,8})?", fullmatch=True),
    st.from_regex(r"([a-z][a-z0-9]{0,8})?", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,3}", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,3}", fullmatch=True),
)
def test_names_of_copies_are_never_the_same(one: str, other: str, name: str, second: str) -> None:
    if one == other or {one, other} & {it.split("-")[0] for it in (name, second)}:
        return
    assert prefixed(one, name) != prefixed(other, second)


def test_outputs_have_the_names(stack: str) -> None:
    first, second = built(stack, "", 0).outputs, built(stack, "blue", 0).outputs
    project = first["project_id"]
    assert {
        key: second[key] for key in first if first[key] != second[key] and key != "api_url"
    } == {
        "api_service": "blue-apex-api",
        "worker_pool": "blue-apex-worker",
        "image_repository": f"us-central1-docker.pkg.dev/{project}/blue-apex",
        "network": "blue-apex-memory-vpc",
        "subnetwork": "blue-apex-memory-subnet",
        "postgres_connection": "a-project:us-central1:blue-postgres",
        "neo4j_instance": "blue-neo4j",
        "qdrant_snapshots": f"{project}-blue-qdrant-snapshots",
        "pipeline_providers": {
            pipeline: provider.replace("/github/", "/blue-github/")
            for pipeline, provider in first["pipeline_providers"].items()
        },
        "pipeline_identities": {
            pipeline: f"blue-{email}" for pipeline, email in first["pipeline_identities"].items()
        },
    }


def test_a_copys_pipelines_are_in_environments_of_their_own() -> None:
    type_ = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
    for pipeline, environment in (("preview", "dev-blue-preview"), ("deploy", "dev-blue")):
        provider = built("dev", "blue", 0).one(type_, f"github-{pipeline}")
        condition = provider.inputs["attributeCondition"]
        assert f"assertion.environment == '{environment}'" in condition


def queries(deployment: Deployment) -> Iterator[tuple[str, str]]:
    for policy in deployment.all("gcp:monitoring/alertPolicy:AlertPolicy"):
        (condition,) = policy.inputs["conditions"]
        yield policy.name, condition["conditionPrometheusQueryLanguage"]["query"]
    for it in deployment.all("gcp:monitoring/dashboard:Dashboard"):
        for query in re.findall(
            r'"prometheusQuery": ("(?:[^"\\\\]|\\\\.)*")', it.inputs["dashboardJson"]
        ):
            yield it.name, json.loads(query)


OF_BOTH = {"ApiUptimeCheckFailed", "ApiCertificateExpiring", "TemporalCertificateExpiring"}
"""Alerts on the project's uptime checks: an incident has the host in it."""


@pytest.mark.parametrize("choice", range(len(CHOICES)))
def test_a_copys_alerts_are_on_the_copy(stack: str, choice: int) -> None:
    seen = list(queries(built(stack, "blue", choice)))
    alerts = {name: query for name, query in seen if name[0].isupper()}
    assert {name for name, query in alerts.items() if "blue" not in query} <= OF_BOTH
    for name, query in seen:
        for series in re.findall(r"apex_temporal_\w+\S*", query):
            assert 'namespace="blue-apex-worker"' in series, name


def test_charts_by_name_are_of_the_copy(stack: str) -> None:
    for _, query in queries(built(stack, "blue", 0)):
        for name in re.findall(r'(?:service_name|job_name|namespace)=~?"([^"]*)"', query):
            assert name.startswith("blue-"), query


def test_what_the_collector_writes_is_what_a_copys_alerts_read() -> None:
    pool = built("production", "blue", 0).one("gcp:cloudrunv2/workerPool:WorkerPool")
    [_, collector] = pool.inputs["template"]["containers"]
    environment = {it["name"]: it.get("value") for it in collector["envs"]}
    assert (
        "{action: upsert, key: namespace, value: blue-apex-worker}"
        in environment["COLLECTOR_CONFIG"]
    )
    [worker, _] = pool.inputs["template"]["containers"]
    deployment = [it["value"] for it in worker["envs"] if it["name"] == "TEMPORAL_DEPLOYMENT_NAME"]
    assert deployment == ["blue-apex-worker"]


def test_a_series_keeps_the_labels_that_it_is_asked_for() -> None:
    assert of_pool('rate(apex_temporal_a{status="failed"}[5m]) / apex_temporal_b', "p") == (
        'rate(apex_temporal_a{namespace="p",status="failed"}[5m]) / apex_temporal_b{namespace="p"}'
    )


def test_a_machine_says_of_itself_what_its_copys_metric_counts() -> None:
    deployment = built("dev", "blue", 1)
    for name in ("neo4j", "qdrant"):
        machine = deployment.one("gcp:compute/instance:Instance", name).inputs
        assert machine["name"] == machine["metadata"]["database-name"] == f"blue-{name}"
        [metric] = [
            it.inputs
            for it in deployment.all("gcp:logging/metric:Metric")
            if it.inputs["name"] == f"blue_{name}_heartbeats"
        ]
        assert f'"database heartbeat: blue-{name} answers"' in metric["filter"]
