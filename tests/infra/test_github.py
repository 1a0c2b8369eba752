"""Who the pipelines on GitHub are."""

import re

import pytest

from infra.project.github import DEPLOYS
from infra.project.viewer import PERMISSIONS, READS
from tests.engine import walk
from tests.infra.deployment import Deployment, Registered, deploy

PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
MEMBER = "gcp:projects/iAMMember:IAMMember"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"

MANAGED_BY = {
    # By the module of a resource's type, or by the type where a module has several.
    "artifactregistry": "roles/artifactregistry.admin",
    "cloudrunv2": "roles/run.admin",
    "cloudscheduler": "roles/cloudscheduler.admin",
    "compute/disk": "roles/compute.instanceAdmin.v1",
    "compute/diskResourcePolicyAttachment": "roles/compute.instanceAdmin.v1",
    "compute/instance": "roles/compute.instanceAdmin.v1",
    "compute/resourcePolicy": "roles/compute.instanceAdmin.v1",
    "compute/firewall": "roles/compute.securityAdmin",
    "compute/managedSslCertificate": "roles/compute.securityAdmin",
    "compute/sSLPolicy": "roles/compute.securityAdmin",
    "compute/securityPolicy": "roles/compute.securityAdmin",
    "compute": "roles/compute.networkAdmin",
    "dns": "roles/dns.admin",
    "iam": "roles/iam.workloadIdentityPoolAdmin",
    "logging": "roles/logging.configWriter",
    "monitoring": "roles/monitoring.editor",
    "projects/iAMCustomRole": "roles/iam.roleAdmin",
    "projects/iAMMember": "roles/resourcemanager.projectIamAdmin",
    "projects/service": "roles/serviceusage.serviceUsageAdmin",
    "redis": "roles/redis.admin",
    "secretmanager": "roles/secretmanager.admin",
    "serviceaccount": "roles/iam.serviceAccountAdmin",
    "servicenetworking": "roles/compute.networkAdmin",
    "sql": "roles/cloudsql.admin",
    "storage": "roles/storage.admin",
    "vpcaccess": "roles/vpcaccess.admin",
}


def roles(deployment: Deployment, account: str) -> set[str]:
    member = f"serviceAccount:{account}@a-project.iam.gserviceaccount.com"
    granted = [grant.inputs for grant in deployment.all(MEMBER)]
    return {grant["role"] for grant in granted if grant["member"] == member}


def test_deploys_everything_that_is_in_the_stack_and_nothing_else() -> None:
    needed = {"roles/iam.serviceAccountUser"}  # to start a workload as its identity
    for stack, changes in (
        ("dev", {"vpc-connector": "apex-vpc-connector"}),
        ("production", {}),
    ):
        for resource in deploy(stack, changes).resources:
            if resource.type.startswith("gcp:billing/") or not resource.type.startswith("gcp:"):
                continue  # the budget is the billing account's
            path = resource.type.split(":")[1]
            needed.add(MANAGED_BY.get(path) or MANAGED_BY[path.split("/")[0]])
    assert needed == set(DEPLOYS)


def test_each_pipeline_has_its_roles(deployment: Deployment) -> None:
    role = deployment.one(ROLE, "github-preview")
    assert roles(deployment, "github-deploy") == set(DEPLOYS)
    assert roles(deployment, "github-preview") == {"projects/a-project/roles/githubPreview"}
    assert role.inputs["roleId"] == "githubPreview"
    assert role.inputs["permissions"] == PERMISSIONS


def test_whatever_a_refresh_reads_the_viewer_may_read() -> None:
    """A type without an entry would turn the nightly drift check red."""
    there = {
        resource.type
        for changes in ({}, walk.IN_PLACE | walk.harmless("production"), walk.GUARDED)
        for resource in deploy("production", changes).resources
        if resource.type.startswith("gcp:")
    }
    assert set(READS) == there
    assert {permission for needed in READS.values() for permission in needed} <= set(PERMISSIONS)


def test_preview_changes_nothing_and_reads_no_data() -> None:
    """But for Redis's string, which the state has, too."""
    verbs = {permission.rpartition(".")[2] for permission in PERMISSIONS}
    assert verbs == {"get", "getAuthString", "getIamPolicy", "list", "read", "use"}
    used = [permission for permission in PERMISSIONS if permission.endswith((".use", ".read"))]
    assert used == ["billing.resourcebudgets.read", "serviceusage.services.use"]
    assert not [it for it in PERMISSIONS if re.search(r"objects|entries|getSerialPort", it)]


def test_nobody_makes_tokens_or_keys_of_others() -> None:
    for role in DEPLOYS:
        assert "TokenCreator" not in role
        assert "KeyAdmin" not in role
        assert role not in {"roles/owner", "roles/editor", "roles/viewer"}


def provider(deployment: Deployment, pipeline: str) -> Registered:
    return deployment.one(PROVIDER, f"github-{pipeline}")


def test_deploys_from_main_and_from_the_stacks_environment_alone(
    stack: str, deployment: Deployment
) -> None:
    assert provider(deployment, "deploy").inputs["attributeCondition"] == (
        "assertion.repository == 'apex-memory/infrastructure'"
        f" && assertion.environment == '{stack}'"
        " && assertion.ref == 'refs/heads/main'"
    )


def test_previews_from_any_branch_in_an_environment_of_its_own(
    stack: str, deployment: Deployment
) -> None:
    assert provider(deployment, "preview").inputs["attributeCondition"] == (
        "assertion.repository == 'apex-memory/infrastructure'"
        f" && assertion.environment == '{stack}-preview'"
    )


def test_a_repository_is_known_by_its_number_where_one_is_given() -> None:
    deployment = deploy("dev", {"github-repository": "o/n", "github-repository-id": "42"})
    for pipeline in ("preview", "deploy"):
        condition = provider(deployment, pipeline).inputs["attributeCondition"]
        assert condition.startswith(
            "assertion.repository == 'o/n' && assertion.repository_id == '42' && "
        )


@pytest.mark.parametrize("pipeline", ["preview", "deploy"])
def test_an_identity_is_lent_to_the_pipeline_that_its_provider_let_in(
    deployment: Deployment, pipeline: str
) -> None:
    mapping = provider(deployment, pipeline).inputs["attributeMapping"]
    assert mapping["attribute.pipeline"] == f"'{pipeline}'"
    binding = deployment.one("gcp:serviceaccount/iAMMember:IAMMember", f"github-{pipeline}").inputs
    assert binding["role"] == "roles/iam.workloadIdentityUser"
    assert binding["serviceAccountId"].endswith(
        f"/github-{pipeline}@a-project.iam.gserviceaccount.com"
    )
    assert binding["member"] == (
        "principalSet://iam.googleapis.com/projects/123456789012/locations/global"
        f"/workloadIdentityPools/github/attribute.pipeline/{pipeline}"
    )


def test_no_service_account_has_a_key(deployment: Deployment) -> None:
    assert not deployment.all("gcp:serviceaccount/key:Key")


def test_names_that_are_not_free_at_once_take_a_suffix() -> None:
    deployment = deploy("dev", {"name-suffix": "2-b"})
    pool = deployment.one("gcp:iam/workloadIdentityPool:WorkloadIdentityPool")
    assert pool.inputs["workloadIdentityPoolId"] == "github-2-b"
    assert deployment.one(ROLE).inputs["roleId"] == "githubPreview_2_b"
