"""A bucket, a secret and an image repository that everybody may read."""

import pulumi
import pulumi_gcp as gcp

project = pulumi.Config("gcp").require("project")

uploads = gcp.storage.Bucket(
    "uploads",
    location="US",
    uniform_bucket_level_access=False,
    public_access_prevention="inherited",
    force_destroy=True,
)
gcp.storage.BucketIAMMember(
    "uploads-for-everybody",
    bucket=uploads.name,
    role="roles/storage.objectViewer",
    member="allUsers",
)

token = gcp.secretmanager.Secret("token", secret_id="payment-token", replication={"auto": {}})
gcp.secretmanager.SecretVersion("token-1", secret=token.id, secret_data="not-a-real-token")
gcp.secretmanager.SecretIamBinding(
    "token-for-everybody",
    secret_id=token.secret_id,
    role="roles/secretmanager.secretAccessor",
    members=["allAuthenticatedUsers"],
)
gcp.projects.IAMMember(
    "every-secret-for-the-worker",
    project=project,
    role="roles/secretmanager.secretAccessor",
    member="serviceAccount:worker@shop-dev.iam.gserviceaccount.com",
)

images = gcp.artifactregistry.Repository(
    "images", repository_id="images", format="DOCKER", location="us-central1"
)
gcp.artifactregistry.RepositoryIamMember(
    "images-for-everybody",
    repository=images.name,
    location="us-central1",
    role="roles/artifactregistry.reader",
    member="allUsers",
)
