"""The system as a whole: who uses what, who may what, and what differs between the stacks."""

from collections import defaultdict
from typing import Any

import pytest

from tests.infra.deployment import Deployment, Registered, deploy

SERVICE = "gcp:cloudrunv2/service:Service"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
JOB = "gcp:cloudrunv2/job:Job"

DATABASES = {
    "POSTGRES_HOST": "POSTGRES_PASSWORD",
    "NEO4J_URI": "NEO4J_PASSWORD",
    "REDIS_HOST": "REDIS_AUTH_STRING",
    "QDRANT_URL": "QDRANT_API_KEY",
}
"""What tells a workload where each database is, and what lets it in."""


def workloads(deployment: Deployment) -> dict[str, Registered]:
    return {it.name: it for type_ in (SERVICE, POOL, JOB) for it in deployment.all(type_)}


def template(workload: Registered) -> dict[str, Any]:
    found: dict[str, Any] = workload.inputs["template"]
    task: dict[str, Any] = found.get("template", found)
    return task


def account(member: str) -> str:
    return member.removeprefix("serviceAccount:").partition("@")[0]


@pytest.mark.parametrize("name", ["apex-api", "apex-worker"])
def test_api_and_worker_reach_all_four_databases(deployment: Deployment, name: str) -> None:
    container = template(workloads(deployment)[name])["containers"][0]
    variables = {it["name"]: it for it in container["envs"]}
    for place, credential in DATABASES.items():
        assert variables[place]["value"]
        assert variables[credential]["valueSource"]["secretKeyRef"]["secret"]
    [interface] = template(workloads(deployment)[name])["vpcAccess"]["networkInterfaces"]
    assert set(interface["tags"]) == {
        "postgres-client",
        "neo4j-client",
        "redis-client",
        "internet-egress",
    }


def test_qdrant_is_invoked_by_who_uses_it(deployment: Deployment) -> None:
    invokers = {
        account(grant.inputs["member"])
        for grant in deployment.all("gcp:cloudrunv2/serviceIamMember:ServiceIamMember")
        if grant.inputs["name"] == "qdrant"
    }
    assert invokers == {"apex-api", "apex-worker", "qdrant-snapshot", "qdrant-restore"}


def test_a_secret_is_read_by_who_needs_it(deployment: Deployment) -> None:
    readers: dict[str, set[str]] = defaultdict(set)
    for grant in deployment.all("gcp:secretmanager/secretIamMember:SecretIamMember"):
        assert grant.inputs["role"] == "roles/secretmanager.secretAccessor"
        readers[grant.inputs["secretId"].removeprefix("id-of-")].add(
            account(grant.inputs["member"])
        )
    both = {"apex-api", "apex-worker"}
    assert readers == {
        "postgres-password": both | {"apex-pg-extensions"},
        "neo4j-password": both | {"neo4j-vm"},
        "redis-auth-string": both,
        "redis-ca-certificate": both,
        "qdrant-api-key": both | {"qdrant", "qdrant-snapshot", "qdrant-restore"},
        "jwt-secret-key": {"apex-api"},
        "openai-api-key": both,
        "anthropic-api-key": both,
        "temporal-tls-certificate": both,
        "temporal-tls-key": both,
    }


def test_every_workload_is_somebody_of_its_own(deployment: Deployment) -> None:
    runs_as = {
        name: account(template(workload)["serviceAccount"])
        for name, workload in workloads(deployment).items()
    }
    assert runs_as == {name: name for name in runs_as}
    machine = deployment.one("gcp:compute/instance:Instance").inputs
    assert account(machine["serviceAccount"]["email"]) == "neo4j-vm"


def test_in_the_project_a_workload_may_write_logs_and_metrics_at_most(
    deployment: Deployment,
) -> None:
    roles = defaultdict(set)
    for grant in deployment.all("gcp:projects/iAMMember:IAMMember"):
        who = account(grant.inputs["member"])
        if not who.startswith("github-"):  # test_github.py
            roles[who].add(grant.inputs["role"])
    assert roles == {
        "apex-worker": {"roles/monitoring.metricWriter"},
        "neo4j-vm": {"roles/logging.logWriter", "roles/monitoring.metricWriter"},
    }


def test_the_public_may_call_the_api_and_nothing_else(deployment: Deployment) -> None:
    public = [
        resource.inputs["name"]
        for resource in deployment.resources
        if resource.inputs.get("member") in ("allUsers", "allAuthenticatedUsers")
    ]
    assert public == ["apex-api"]


def test_nothing_has_an_address_on_the_internet_but_the_load_balancer(
    dev: Deployment, production: Deployment
) -> None:
    for deployment, expected in ((dev, []), (production, ["apex-api"])):
        external = [
            it.name
            for it in deployment.all("gcp:compute/globalAddress:GlobalAddress")
            if it.inputs["addressType"] == "EXTERNAL"
        ]
        assert external == expected
        machine = deployment.one("gcp:compute/instance:Instance").inputs
        assert all("accessConfigs" not in it for it in machine["networkInterfaces"])


def test_dev_costs_nothing_while_nobody_uses_it(dev: Deployment) -> None:
    """But for the databases, which are there all the time."""
    api = dev.one(SERVICE, "apex-api").inputs["template"]["scaling"]
    assert api["minInstanceCount"] == 0
    assert dev.one(POOL).inputs["scaling"]["manualInstanceCount"] == 0
    assert not dev.all("apex:compute:LoadBalancer")


def types_by_name(deployment: Deployment) -> set[tuple[str, str]]:
    return {(it.type, it.name) for it in deployment.resources}


def test_staging_is_production(staging: Deployment, production: Deployment) -> None:
    """Built of the same, in other sizes; its workers run while something is tested."""
    missing = types_by_name(production) - types_by_name(staging)
    assert types_by_name(staging) <= types_by_name(production)
    assert {name for _, name in missing} == {"WorkerDown"}


def test_dev_has_no_load_balancer_and_no_alert_on_workers(
    dev: Deployment, production: Deployment
) -> None:
    assert types_by_name(dev) <= types_by_name(production)
    missing = {name for _, name in types_by_name(production) - types_by_name(dev)}
    assert missing == {
        "apex-api",
        "apex-api-candidate",
        "apex-api-http",
        "apex-api-https",
        "apex-api-redirect",
        "WorkerDown",
    }


def test_qdrant_can_have_a_machine_instead() -> None:
    deployment = deploy("staging", {"qdrant-runtime": "vm"})
    assert "qdrant" not in workloads(deployment)
    assert deployment.one("gcp:compute/instance:Instance", "qdrant").inputs["tags"] == ["qdrant"]
    for name in ("apex-api", "apex-worker"):
        access = template(workloads(deployment)[name])["vpcAccess"]
        assert "qdrant-client" in access["networkInterfaces"][0]["tags"]
    alerts = {it.name for it in deployment.all("gcp:monitoring/alertPolicy:AlertPolicy")}
    assert not {"QdrantDown", "QdrantMemoryHigh"} & alerts
