"""Labels that are missing, spelt another way each time, or not what Google Cloud accepts."""

import pulumi_gcp as gcp

gcp.storage.Bucket(
    "invoices",
    location="US",
    uniform_bucket_level_access=True,
    public_access_prevention="enforced",
)

gcp.pubsub.Topic("events", labels={"Environment": "dev", "owner": "Team Orders"})

gcp.artifactregistry.Repository(
    "images",
    repository_id="images",
    format="DOCKER",
    location="us-central1",
    labels={"env": "dev", "owner": "orders", "cost-center": "1234"},
)

gcp.compute.Disk(
    "data",
    zone="us-central1-a",
    size=100,
    labels={"environment": "dev", "owner": "orders", "cost-center": "1234"},
)
