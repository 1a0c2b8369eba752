"""API keys and database passwords in plain environment variables, in both versions of Cloud Run."""

import pulumi
import pulumi_gcp as gcp

# In two parts, lest a scanner take it for a real one.
OPENAI_API_KEY = "sk-" + "proj-" + "not-a-real-key-" * 3
DATABASE_URL = "postgresql://app:not-a-real-password@10.20.0.3:5432/shop"

chat = gcp.cloudrunv2.Service(
    "chat",
    location="us-central1",
    ingress="INGRESS_TRAFFIC_ALL",
    template={
        "containers": [
            {
                "image": "us-docker.pkg.dev/cloudrun/container/hello",
                "envs": [
                    {"name": "LOG_LEVEL", "value": "info"},
                    {"name": "OPENAI_API_KEY", "value": OPENAI_API_KEY},
                    {"name": "DATABASE_URL", "value": DATABASE_URL},
                ],
            },
        ],
    },
)

reports = gcp.cloudrun.Service(
    "reports",
    location="us-central1",
    template={
        "spec": {
            "containers": [
                {
                    "image": "us-docker.pkg.dev/cloudrun/container/hello",
                    "envs": [
                        {"name": "DB_HOST", "value": "10.20.0.3"},
                        {"name": "DB_PASSWORD", "value": "not-a-real-password"},
                    ],
                },
            ],
        },
    },
)

gcp.cloudrunv2.ServiceIamMember(
    "chat-for-everybody",
    name=chat.name,
    location="us-central1",
    role="roles/run.invoker",
    member="allUsers",
)

pulumi.export("url", chat.uri)
