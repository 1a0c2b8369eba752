"""Owners, editors, keys and impersonation, because something was not permitted once."""

import base64

import pulumi
import pulumi_gcp as gcp

project = pulumi.Config("gcp").require("project")

deployer = gcp.serviceaccount.Account("deployer", account_id="deployer")
key = gcp.serviceaccount.Key("deployer-key", service_account_id=deployer.name)

gcp.projects.IAMMember(
    "deployer-is-owner",
    project=project,
    role="roles/owner",
    member=deployer.email.apply(lambda email: f"serviceAccount:{email}"),
)

gcp.projects.IAMMember(
    "a-developer-is-editor",
    project=project,
    role="roles/editor",
    member="user:somebody@gmail.com",
)

gcp.projects.IAMBinding(
    "anybody-acts-as-any-account",
    project=project,
    role="roles/iam.serviceAccountTokenCreator",
    members=["group:developers@example.com", "allAuthenticatedUsers"],
)

gcp.projects.IAMMember(
    "default-account-is-admin",
    project=project,
    role="roles/storage.admin",
    member="serviceAccount:123456789012-compute@developer.gserviceaccount.com",
)

pool = gcp.iam.WorkloadIdentityPool("github", workload_identity_pool_id="github")
gcp.iam.WorkloadIdentityPoolProvider(
    "github-actions",
    workload_identity_pool_id=pool.workload_identity_pool_id,
    workload_identity_pool_provider_id="actions",
    attribute_mapping={"google.subject": "assertion.sub"},
    oidc={"issuer_uri": "https://token.actions.githubusercontent.com"},
)

pulumi.export("key", key.private_key.apply(lambda text: base64.b64decode(text).decode()))
