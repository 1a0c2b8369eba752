"""The VPC that everything of the stack is in."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.config.networking import NetworkConfig
from infra.monitoring import THRESHOLDS, Alert
from infra.networking.alerts import nat_alerts
from infra.networking.firewall import Firewall
from infra.networking.google_access import GoogleAccess
from infra.project import GoogleApi, StackContext

_PORTS = 1024
"""Ports that NAT has for each instance: that many connections to one address at a time.

Google's 64 are too few for a worker, whose activities all call the same model. An address has
64512, enough for 63 instances, and NAT takes another when it needs one (Cloud NAT, "IP addresses
and ports", 2026).
"""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a `Network` is built from."""

    ctx: StackContext
    config: NetworkConfig


class Network(pulumi.ComponentResource):
    """A custom VPC with one subnet, private service access, NAT, firewall and private names."""

    id: pulumi.Output[str]
    """The VPC's resource id: `projects/<project>/global/networks/<name>`."""
    name: pulumi.Output[str]
    subnetwork_name: pulumi.Output[str]
    private_services: pulumi.Resource
    """The peering with Google's managed services; what gets a private address depends on it."""
    alerts: Sequence[Alert]
    connector: pulumi.Output[str] | None
    """Id of the Serverless VPC Access connector; None for Direct VPC egress."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:networking:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        vpc = gcp.compute.Network(
            "vpc",
            name=args.ctx.name("apex-memory-vpc"),
            description="Everything of the Apex Memory System.",
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.ctx.apis[GoogleApi.COMPUTE]]),
        )
        self.id = vpc.id
        self.name = vpc.name
        self._subnet_cidr = args.config.subnet_cidr
        self._private_services_cidr = args.config.private_services_cidr
        self._clients_cidrs = [args.config.subnet_cidr]

        subnetwork = gcp.compute.Subnetwork(
            "subnet",
            name=args.ctx.name("apex-memory-subnet"),
            description="The workloads.",
            network=vpc.id,
            region=args.ctx.region,
            ip_cidr_range=str(args.config.subnet_cidr),
            stack_type="IPV4_ONLY",
            private_ip_google_access=True,
            log_config=gcp.compute.SubnetworkLogConfigArgs(
                aggregation_interval="INTERVAL_5_SEC",
                flow_sampling=0.5,
                metadata="INCLUDE_ALL_METADATA",
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=args.ctx.deletion_protection),
        )
        self.subnetwork_name = subnetwork.name

        self.private_services = self._private_services(vpc, args)
        self.alerts = self._internet(vpc, args)
        self.connector = None
        if args.config.connector:
            self.connector = self._connector(vpc, args)
            self._clients_cidrs.append(args.config.connector_cidr)

        self._firewall = Firewall("firewall", network=vpc.id, ctx=args.ctx, opts=child)
        GoogleAccess(
            "google-access",
            network=vpc.id,
            ctx=args.ctx,
            opts=child,
        )
        self.register_outputs(
            {"id": self.id, "name": self.name, "subnetwork_name": self.subnetwork_name}
        )

    def open_managed_database(self, name: str, port: int) -> str:
        """Lets clients reach a database among Google's managed services.

        Args:
            name: The database's name.
            port: Its TCP port.

        Returns:
            The network tag of the clients.
        """
        return self._firewall.allow_clients(name, port, to=self._private_services_cidr)

    def open_machine(self, name: str, port: int) -> str:
        """Lets clients reach a database on a machine of the subnet, which has `name` as its tag.

        Administrators reach the machine itself, by SSH through the Identity-Aware Proxy.

        Args:
            name: The database's name.
            port: Its TCP port.

        Returns:
            The network tag of the clients.
        """
        self._firewall.allow_ingress(name, port, sources=self._clients_cidrs)
        self._firewall.allow_ssh(name)
        return self._firewall.allow_clients(name, port, to=self._subnet_cidr)

    def _private_services(self, vpc: gcp.compute.Network, args: NetworkArgs) -> pulumi.Resource:
        """Lets Google's managed services have addresses in the VPC (private services access)."""
        addresses = gcp.compute.GlobalAddress(
            "private-services",
            name=args.ctx.name("apex-memory-private-services"),
            description="Addresses of Google's managed services, Cloud SQL among them.",
            network=vpc.id,
            address_type="INTERNAL",
            purpose="VPC_PEERING",
            address=str(args.config.private_services_cidr.network_address),
            prefix_length=args.config.private_services_cidr.prefixlen,
            labels=args.ctx.labels,
            opts=pulumi.ResourceOptions(parent=self, protect=args.ctx.deletion_protection),
        )
        return gcp.servicenetworking.Connection(
            "private-services",
            network=vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[addresses.name],
            # For days after its deletion Cloud SQL counts as a user of the connection, which then
            # cannot be deleted: the peering goes alone, and the network can.
            deletion_policy="REMOVE_PEERING",
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[args.ctx.apis[GoogleApi.SERVICE_NETWORKING]],
                protect=args.ctx.deletion_protection,
            ),
        )

    def _internet(self, vpc: gcp.compute.Network, args: NetworkArgs) -> list[Alert]:
        """Gives what has no public address a way out, and logs who takes it; returns its alerts."""
        nat = args.ctx.name("apex-memory-nat")
        router = gcp.compute.Router(
            "router",
            name=args.ctx.name("apex-memory-router"),
            description="Carries the Cloud NAT.",
            network=vpc.id,
            region=args.ctx.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        gcp.compute.RouterNat(
            "nat",
            name=nat,
            router=router.name,
            region=args.ctx.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            min_ports_per_vm=_PORTS,
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ALL"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return nat_alerts(THRESHOLDS[args.ctx.environment], gateway=nat, region=args.ctx.region)

    def _connector(self, vpc: gcp.compute.Network, args: NetworkArgs) -> pulumi.Output[str]:
        """The older way from Cloud Run into the VPC, for who cannot use Direct VPC egress.

        Google itself adds the firewall rules that the connector's machines need, at a priority
        before all of ours (Serverless VPC Access, "Firewall rules for connectors").
        """
        return gcp.vpcaccess.Connector(
            "connector",
            name=args.config.connector,
            network=vpc.name,
            region=args.ctx.region,
            ip_cidr_range=str(args.config.connector_cidr),
            machine_type="e2-micro",
            min_instances=2,
            max_instances=3,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.ctx.apis[GoogleApi.VPC_ACCESS]]
            ),
        ).id
