"""What may pass in the VPC: nothing, but for what is listed here."""

from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from infra.networking.google_access import PRIVATE_GOOGLE_APIS

INTERNET_TAG = "internet-egress"
"""Network tag of the workloads that call services on the internet."""

_EVERYWHERE = "0.0.0.0/0"  # The VPC has IPv4 only.
_LAST = 65534  # Right before the rules that every VPC ends with, which cannot be logged.


class Firewall(pulumi.ComponentResource):
    """Denies by default in both directions, allows what is needed, and logs both."""

    def __init__(
        self,
        name: str,
        *,
        network: pulumi.Input[str],
        private_services_cidr: IPv4Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("apex:networking:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        logged = gcp.compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA")

        gcp.compute.Firewall(
            "deny-ingress",
            name="apex-memory-deny-ingress",
            description="Nothing comes in that no other rule allows.",
            network=network,
            direction="INGRESS",
            priority=_LAST,
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            source_ranges=[_EVERYWHERE],
            log_config=logged,
            opts=child,
        )
        gcp.compute.Firewall(
            "deny-egress",
            name="apex-memory-deny-egress",
            description="Nothing goes out that no other rule allows.",
            network=network,
            direction="EGRESS",
            priority=_LAST,
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            destination_ranges=[_EVERYWHERE],
            log_config=logged,
            opts=child,
        )
        gcp.compute.Firewall(
            "allow-google-apis",
            name="apex-memory-allow-google-apis",
            description="Google's APIs, Artifact Registry and internal Cloud Run services.",
            network=network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["443"])],
            destination_ranges=[str(PRIVATE_GOOGLE_APIS)],
            log_config=logged,
            opts=child,
        )
        gcp.compute.Firewall(
            "allow-postgres",
            name="apex-memory-allow-postgres",
            description="PostgreSQL on Cloud SQL.",
            network=network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["5432"])],
            destination_ranges=[str(private_services_cidr)],
            log_config=logged,
            opts=child,
        )
        gcp.compute.Firewall(
            "allow-internet",
            name="apex-memory-allow-internet",
            description="HTTPS and Temporal Cloud (7233), for the workloads that call them.",
            network=network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["443", "7233"])],
            destination_ranges=[_EVERYWHERE],
            # The second one is on every Serverless VPC Access connector.
            target_tags=[INTERNET_TAG, "vpc-connector"],
            log_config=logged,
            opts=child,
        )
        self.register_outputs({})
