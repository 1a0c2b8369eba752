"""Google's own services, reached without leaving Google's network.

The subnet's Private Google Access opens the way to `PRIVATE_GOOGLE_APIS`; the private zones here
make the services' names resolve to it, and query logging records who asked for what.
"""

from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from infra.project import GoogleApi, StackContext

PRIVATE_GOOGLE_APIS = IPv4Network("199.36.153.8/30")
"""private.googleapis.com (Google Cloud, VPC, "Configure Private Google Access")."""

_DOMAINS = (
    "googleapis.com",  # the APIs
    "pkg.dev",  # Artifact Registry: the virtual machines' images
    "run.app",  # Cloud Run services with internal ingress, reachable from the VPC alone
)


class GoogleAccess(pulumi.ComponentResource):
    """Private zones for the domains of Google's services, and a log of all DNS queries."""

    def __init__(
        self,
        name: str,
        *,
        network: pulumi.Input[str],
        ctx: StackContext,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("apex:networking:GoogleAccess", name, None, opts)
        after_api = pulumi.ResourceOptions(parent=self, depends_on=[ctx.apis[GoogleApi.DNS]])

        gcp.dns.Policy(
            "dns-log",
            name=ctx.name("apex-memory-dns-log"),
            description="Logs every DNS query of the VPC.",
            enable_logging=True,
            networks=[gcp.dns.PolicyNetworkArgs(network_url=network)],
            opts=after_api,
        )
        for domain in _DOMAINS:
            resource_name = domain.replace(".", "-")
            zone = gcp.dns.ManagedZone(
                resource_name,
                name=ctx.name(f"apex-memory-{resource_name}"),
                description=f"{domain} by way of Private Google Access.",
                dns_name=f"{domain}.",
                visibility="private",
                private_visibility_config=gcp.dns.ManagedZonePrivateVisibilityConfigArgs(
                    networks=[
                        gcp.dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=network)
                    ]
                ),
                labels=ctx.labels,
                opts=after_api,
            )
            gcp.dns.RecordSet(
                resource_name,
                managed_zone=zone.name,
                name=f"*.{domain}.",
                type="A",
                ttl=300,
                rrdatas=[str(address) for address in PRIVATE_GOOGLE_APIS],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
