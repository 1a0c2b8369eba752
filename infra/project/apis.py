"""The Google Cloud APIs that the stack needs, switched on.

Two have to be on before Pulumi can switch on any: serviceusage.googleapis.com and
cloudresourcemanager.googleapis.com.
"""

from enum import StrEnum

import pulumi
import pulumi_gcp as gcp


class Api(StrEnum):
    """Every API that the stack calls."""

    COMPUTE = "compute.googleapis.com"  # network, subnet, firewall, router, addresses
    DNS = "dns.googleapis.com"  # private zones, query logging
    LOGGING = "logging.googleapis.com"  # flow, firewall, NAT and DNS logs
    SECRET_MANAGER = "secretmanager.googleapis.com"  # noqa: S105 - an API's name
    SERVICE_NETWORKING = "servicenetworking.googleapis.com"  # private addresses for Cloud SQL
    SQL_ADMIN = "sqladmin.googleapis.com"  # PostgreSQL
    VPC_ACCESS = "vpcaccess.googleapis.com"  # the connector, where one is configured


class EnabledApis(pulumi.ComponentResource):
    """Every `Api`, enabled. What needs one depends on it: `depends_on=[apis[Api.DNS]]`."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("apex:project:EnabledApis", name, None, opts)
        self._services = {
            api: gcp.projects.Service(
                api.removesuffix(".googleapis.com"),
                service=api,
                # Something else in the project may use the API, and does not come back by itself.
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in Api
        }
        self.register_outputs({"enabled": [service.service for service in self._services.values()]})

    def __getitem__(self, api: Api) -> pulumi.Resource:
        """Returns the resource that what calls `api` depends on."""
        return self._services[api]
