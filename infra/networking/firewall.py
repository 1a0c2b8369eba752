"""What may pass in the VPC: nothing, but for what is listed here."""

from collections.abc import Sequence
from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from infra.networking.google_access import PRIVATE_GOOGLE_APIS
from infra.project import StackContext

INTERNET_TAG = "internet-egress"
"""Network tag of the workloads that call services on the internet."""

_CONNECTOR_TAG = "vpc-connector"  # on the machines of every Serverless VPC Access connector
_IAP = "35.235.240.0/20"  # (Identity-Aware Proxy, "Using IAP for TCP forwarding", 2026)
_EVERYWHERE = "0.0.0.0/0"  # The VPC has IPv4 only.
_LAST = 65534  # Right before the rules that every VPC ends with, which cannot be logged.
_LOGGED = gcp.compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA")


class Firewall(pulumi.ComponentResource):
    """Denies by default in both directions, allows what is needed, and logs both."""

    def __init__(
        self,
        name: str,
        *,
        network: pulumi.Input[str],
        ctx: StackContext,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("apex:networking:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._network = network
        self._ctx = ctx

        gcp.compute.Firewall(
            "deny-ingress",
            name=self._ctx.name("apex-memory-deny-ingress"),
            description="Nothing comes in that no other rule allows.",
            network=network,
            direction="INGRESS",
            priority=_LAST,
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            source_ranges=[_EVERYWHERE],
            log_config=_LOGGED,
            opts=child,
        )
        gcp.compute.Firewall(
            "deny-egress",
            name=self._ctx.name("apex-memory-deny-egress"),
            description="Nothing goes out that no other rule allows.",
            network=network,
            direction="EGRESS",
            priority=_LAST,
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            destination_ranges=[_EVERYWHERE],
            log_config=_LOGGED,
            opts=child,
        )
        gcp.compute.Firewall(
            "allow-google-apis",
            name=self._ctx.name("apex-memory-allow-google-apis"),
            description="Google's APIs, Artifact Registry and internal Cloud Run services.",
            network=network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["443"])],
            destination_ranges=[str(PRIVATE_GOOGLE_APIS)],
            log_config=_LOGGED,
            opts=child,
        )
        gcp.compute.Firewall(
            "allow-internet",
            name=self._ctx.name("apex-memory-allow-internet"),
            description="HTTPS and Temporal Cloud (7233), for the workloads that call them.",
            network=network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["443", "7233"])],
            destination_ranges=[_EVERYWHERE],
            target_tags=[INTERNET_TAG, _CONNECTOR_TAG],
            log_config=_LOGGED,
            opts=child,
        )
        self.register_outputs({})

    def allow_clients(self, name: str, port: int, *, to: IPv4Network) -> str:
        """Lets clients of a database out to it; returns the network tag that they carry."""
        tag = f"{name}-client"
        gcp.compute.Firewall(
            f"allow-{tag}",
            name=self._ctx.name(f"apex-memory-allow-{tag}"),
            description=f"From the workloads that use {name}.",
            network=self._network,
            direction="EGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port)])],
            destination_ranges=[str(to)],
            target_tags=[tag, _CONNECTOR_TAG],
            log_config=_LOGGED,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return tag

    def allow_ingress(self, name: str, port: int, *, sources: Sequence[IPv4Network]) -> None:
        """Lets connections in to the machines that carry a database's name as network tag."""
        gcp.compute.Firewall(
            f"allow-{name}",
            name=self._ctx.name(f"apex-memory-allow-{name}"),
            description=f"To {name}, from inside the VPC.",
            network=self._network,
            direction="INGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port)])],
            source_ranges=[str(source) for source in sources],
            target_tags=[name],
            log_config=_LOGGED,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def allow_ssh(self, name: str) -> None:
        """Lets administrators in to the machines that carry a database's name as network tag.

        They come by way of the Identity-Aware Proxy, which asks IAM who they are, and no other.
        """
        gcp.compute.Firewall(
            f"allow-{name}-ssh",
            name=self._ctx.name(f"apex-memory-allow-{name}-ssh"),
            description=f"Administrators of {name}, through the Identity-Aware Proxy.",
            network=self._network,
            direction="INGRESS",
            priority=1000,
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=["22"])],
            source_ranges=[_IAP],
            target_tags=[name],
            log_config=_LOGGED,
            opts=pulumi.ResourceOptions(parent=self),
        )
