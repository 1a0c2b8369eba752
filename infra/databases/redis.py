"""Redis on Memorystore."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.compute import Connection
from infra.config.databases import RedisConfig
from infra.databases.redis_alerts import redis_alerts
from infra.monitoring import THRESHOLDS, Alert
from infra.networking import Network
from infra.project import GoogleApi, StackContext
from infra.secrets import SecretStore

PORT = 6378
"""Where Memorystore listens with TLS; without, it would be 6379."""


@dataclass(frozen=True, kw_only=True)
class RedisArgs:
    """What a `Redis` is built from."""

    ctx: StackContext
    network: Network
    secrets: SecretStore
    """Where its clients find what Google makes up: the authorization string and the CA."""
    config: RedisConfig


class Redis(pulumi.ComponentResource):
    """A Redis instance in the private network, which asks for TLS and for its string."""

    id: pulumi.Output[str]
    """`projects/<project>/locations/<region>/instances/<name>`."""
    host: pulumi.Output[str]
    alerts: Sequence[Alert]
    connection: Connection

    def __init__(
        self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:Redis", name, None, opts)
        instance_name = args.ctx.name("redis")
        self.alerts = redis_alerts(THRESHOLDS[args.ctx.environment], instance=instance_name)
        instance = gcp.redis.Instance(
            "redis",
            name=instance_name,
            display_name=args.ctx.title("Apex Memory's cache"),
            region=args.ctx.region,
            tier=args.config.tier,
            memory_size_gb=args.config.memory_size,
            redis_version="REDIS_7_2",
            authorized_network=args.network.id,
            connect_mode="PRIVATE_SERVICE_ACCESS",
            auth_enabled=True,
            transit_encryption_mode="SERVER_AUTHENTICATION",
            redis_configs={"maxmemory-policy": "allkeys-lru"},  # It is a cache: the oldest goes.
            maintenance_policy={
                "weekly_maintenance_windows": [
                    {"day": "SUNDAY", "start_time": {"hours": 5, "minutes": 0}}  # UTC
                ]
            },
            labels=args.ctx.labels,
            deletion_protection=False,  # `protect` below refuses earlier, and can be lifted.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[args.ctx.apis[GoogleApi.REDIS], args.network.private_services],
                protect=args.ctx.deletion_protection,
            ),
        )
        # Both change without us: the string when AUTH is switched off and on, the CAs every five
        # years (Memorystore for Redis, "AUTH" and "In-transit encryption", 2026).
        auth_string = args.secrets.add("redis-auth-string", instance.auth_string)
        ca = args.secrets.add("redis-ca-certificate", instance.server_ca_certs.apply(_bundle))
        self.id = instance.id
        self.host = instance.host
        self.connection = Connection(
            environment={
                "REDIS_HOST": instance.host,
                "REDIS_PORT": instance.port.apply(str),
                "REDIS_URL": pulumi.Output.format("rediss://{}:{}/0", instance.host, instance.port),
            },
            secrets={"REDIS_AUTH_STRING": auth_string, "REDIS_CA_CERTIFICATE": ca},
            network_tag=args.network.open_managed_database("redis", PORT),
        )
        self.register_outputs({"id": self.id, "host": self.host})


def _bundle(certificates: Sequence[gcp.redis.outputs.InstanceServerCaCert]) -> str:
    """Returns every CA as one PEM file: while one is being replaced there are two."""
    return "".join(f"{(certificate.cert or '').strip()}\n" for certificate in certificates)
