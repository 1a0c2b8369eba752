"""The API: what the world sees of the Apex Memory System."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.compute.api_alerts import api_alerts
from infra.compute.api_dashboard import api_dashboard
from infra.compute.connection import Connection
from infra.compute.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.compute.service import CloudRunService, CloudRunServiceArgs
from infra.compute.temporal import Temporal
from infra.config.api import ApiConfig
from infra.monitoring import THRESHOLDS, Alert, Dashboard
from infra.networking import Network
from infra.project import ImageRegistry, StackContext
from infra.secrets import StoredSecret

SERVICE = "apex-api"
"""The service's name, but for the prefix."""


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """What an `Api` is built from."""

    ctx: StackContext
    network: Network
    images: ImageRegistry
    config: ApiConfig
    databases: Sequence[Connection]
    secrets: Mapping[str, StoredSecret]
    """Environment variables whose value is a secret."""
    temporal: Temporal
    after: Sequence[pulumi.Resource]
    """What is there before it starts."""


class Api(pulumi.ComponentResource):
    """A public service on Cloud Run; with a domain it is reached through a load balancer alone.

    Requests need no identity of Google's: the API has users of its own.
    """

    service_name: pulumi.Output[str]
    url: pulumi.Output[str]
    host: pulumi.Output[str]
    """The host name in `url`."""
    alerts: Sequence[Alert]
    dashboard: Dashboard
    address: pulumi.Output[str] | None
    """Where the domain's A record points; None without a domain."""

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:Api", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        service_name = args.ctx.name(SERVICE)
        self.dashboard = api_dashboard(service_name)
        self.alerts = api_alerts(
            THRESHOLDS[args.ctx.environment], service=service_name, region=args.ctx.region
        )
        service = CloudRunService(
            SERVICE,
            CloudRunServiceArgs(
                ctx=args.ctx,
                network=args.network,
                description="The API of the Apex Memory System.",
                image=args.images.image(args.config.image),
                cpu=args.config.cpu,
                memory=args.config.memory,
                min_instances=args.config.min_instances,
                max_instances=args.config.max_instances,
                release=args.config.release,
                environment=args.temporal.environment,
                secrets={**args.secrets, **args.temporal.secrets},
                databases=args.databases,
                after=args.after,
                internet=True,
                ingress="INTERNAL_LOAD_BALANCER" if args.config.domain else "ALL",
                public=True,
                asks_iam=not args.config.domain_restricted_sharing,
            ),
            opts=child,
        )
        self.service_name = service.name
        self.url = service.url
        self.address = None
        if args.config.domain:
            self.address = LoadBalancer(
                SERVICE,
                LoadBalancerArgs(
                    ctx=args.ctx,
                    domain=args.config.domain,
                    service=service.name,
                    armor=args.config.cloud_armor,
                    rate_limit=args.config.rate_limit,
                ),
                opts=child,
            ).address
            self.url = pulumi.Output.from_input(f"https://{args.config.domain}")
        self.host = self.url.apply(lambda url: url.removeprefix("https://"))
        self.register_outputs({"url": self.url})
