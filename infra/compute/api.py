"""The API: what the world sees of the Apex Memory System."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from infra.compute.connection import Connection
from infra.compute.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.compute.service import CloudRunService, CloudRunServiceArgs
from infra.compute.temporal import Temporal
from infra.networking import Network
from infra.project import StackContext
from infra.release import Release
from infra.secrets import StoredSecret


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """What an `Api` is built from."""

    ctx: StackContext
    network: Network
    image: pulumi.Input[str]
    cpu: str
    memory: str
    min_instances: int
    max_instances: int
    release: Release = field(default_factory=Release)
    databases: Sequence[Connection]
    secrets: Mapping[str, StoredSecret]
    """Environment variables whose value is a secret."""
    temporal: Temporal
    after: Sequence[pulumi.Resource]
    """What is there before it starts."""
    domain_restricted_sharing: bool = False
    """Whether the organization lets no policy name everybody."""
    domain: str
    """Domain name, behind a load balancer; empty for the run.app address alone."""
    armor: bool
    """Whether Cloud Armor is in front of the load balancer."""
    rate_limit: int
    """Requests a minute that Cloud Armor lets through from one address."""


class Api(pulumi.ComponentResource):
    """A public service on Cloud Run; with a domain it is reached through a load balancer alone.

    Requests need no identity of Google's: the API has users of its own.
    """

    service_name: pulumi.Output[str]
    url: pulumi.Output[str]
    host: pulumi.Output[str]
    """The host name in `url`."""
    address: pulumi.Output[str] | None
    """Where the domain's A record points; None without a domain."""

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:Api", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        service = CloudRunService(
            "apex-api",
            CloudRunServiceArgs(
                ctx=args.ctx,
                network=args.network,
                description="The API of the Apex Memory System.",
                image=args.image,
                cpu=args.cpu,
                memory=args.memory,
                min_instances=args.min_instances,
                max_instances=args.max_instances,
                release=args.release,
                environment=args.temporal.environment,
                secrets={**args.secrets, **args.temporal.secrets},
                databases=args.databases,
                after=args.after,
                internet=True,
                ingress="INTERNAL_LOAD_BALANCER" if args.domain else "ALL",
                public=True,
                asks_iam=not args.domain_restricted_sharing,
            ),
            opts=child,
        )
        self.service_name = service.name
        self.url = service.url
        self.address = None
        if args.domain:
            self.address = LoadBalancer(
                "apex-api",
                LoadBalancerArgs(
                    ctx=args.ctx,
                    domain=args.domain,
                    service=service.name,
                    armor=args.armor,
                    rate_limit=args.rate_limit,
                ),
                opts=child,
            ).address
            self.url = pulumi.Output.from_input(f"https://{args.domain}")
        self.host = self.url.apply(lambda url: url.removeprefix("https://"))
        self.register_outputs({"url": self.url})
