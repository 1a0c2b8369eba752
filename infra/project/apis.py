"""The Google Cloud APIs that the stack needs, switched on.

Two have to be on before Pulumi can switch on any: serviceusage.googleapis.com and
cloudresourcemanager.googleapis.com.
"""

from collections.abc import Iterable
from enum import StrEnum

import pulumi
import pulumi_gcp as gcp


class GoogleApi(StrEnum):
    """Every API that the stack calls."""

    ARTIFACT_REGISTRY = "artifactregistry.googleapis.com"  # container images
    BILLING_BUDGETS = "billingbudgets.googleapis.com"  # the budget
    CLOUD_RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"  # IAM of the project
    CLOUD_RUN = "run.googleapis.com"  # services, worker pools and jobs
    CLOUD_SCHEDULER = "cloudscheduler.googleapis.com"  # what runs a job at its time
    COMPUTE = "compute.googleapis.com"  # network, machines, disks, load balancer
    CONTAINER_SCANNING = "containerscanning.googleapis.com"  # vulnerabilities of the images
    DNS = "dns.googleapis.com"  # private zones, query logging
    IAM = "iam.googleapis.com"  # service accounts, workload identity federation
    IAM_CREDENTIALS = "iamcredentials.googleapis.com"  # the pipelines' short-lived tokens
    IAP = "iap.googleapis.com"  # the administrators' way to a machine
    LOGGING = "logging.googleapis.com"  # flow, firewall, NAT and DNS logs
    MONITORING = "monitoring.googleapis.com"  # metrics, dashboards, alerts, uptime checks
    OS_LOGIN = "oslogin.googleapis.com"  # who may log in to a machine
    REDIS = "redis.googleapis.com"  # Memorystore
    SECRET_MANAGER = "secretmanager.googleapis.com"  # noqa: S105 - an API's name
    SERVICE_NETWORKING = "servicenetworking.googleapis.com"  # private addresses for Cloud SQL
    SQL_ADMIN = "sqladmin.googleapis.com"  # PostgreSQL
    STORAGE = "storage.googleapis.com"  # Qdrant's snapshots
    STS = "sts.googleapis.com"  # the pipelines' tokens, exchanged
    VPC_ACCESS = "vpcaccess.googleapis.com"  # the connector, where one is configured


class EnabledApis(pulumi.ComponentResource):
    """APIs, enabled. What needs one depends on it: `depends_on=[apis[GoogleApi.DNS]]`."""

    def __init__(
        self,
        name: str,
        apis: Iterable[GoogleApi] = GoogleApi,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("apex:project:EnabledApis", name, None, opts)
        self._services = {
            api: gcp.projects.Service(
                api.removesuffix(".googleapis.com"),
                service=api,
                # Something else in the project may use the API, and does not come back by itself.
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in apis
        }
        self.register_outputs({"enabled": [service.service for service in self._services.values()]})

    def __getitem__(self, api: GoogleApi) -> pulumi.Resource:
        """Returns the resource that what calls `api` depends on."""
        return self._services[api]
