"""One public service on Cloud Run."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import CloudRunService, CloudRunServiceArgs
from infra.config.networking import NetworkConfig
from infra.labels import labels
from infra.networking import Network, NetworkArgs
from infra.project import EnabledApis, GoogleApi, StackContext

gcp = pulumi.Config("gcp")

ctx = StackContext(
    project=gcp.require("project"),
    region=gcp.require("region"),
    environment="dev",
    labels=labels(environment="dev", owner="platform", cost_center="examples"),
    deletion_protection=False,
    apis=EnabledApis(
        "apis",
        [
            GoogleApi.CLOUD_RUN,
            GoogleApi.COMPUTE,
            GoogleApi.DNS,
            GoogleApi.IAM,
            GoogleApi.LOGGING,
            GoogleApi.SERVICE_NETWORKING,
        ],
    ),
)

network = Network("network", NetworkArgs(ctx=ctx, config=NetworkConfig()))

service = CloudRunService(
    "hello-service",
    CloudRunServiceArgs(
        ctx=ctx,
        network=network,
        description="Says hello.",
        image=pulumi.Config().require("image"),
        ingress="ALL",
        public=True,
        health_path="/",
    ),
)

pulumi.export("url", service.url)
