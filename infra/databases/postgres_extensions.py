"""The extensions of PostgreSQL that Cloud SQL has, and does not switch on by itself."""

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.compute import CloudRunJob, CloudRunJobArgs, Connection
from infra.networking import Network
from infra.project import StackContext

_SCRIPT = Path(__file__).with_suffix(".sh")


@dataclass(frozen=True, kw_only=True)
class PostgresExtensionsArgs:
    """What `PostgresExtensions` is built from."""

    ctx: StackContext
    network: Network
    postgres: Connection
    """A user made by Cloud SQL's API: a member of cloudsqlsuperuser, who alone may create
    extensions (Cloud SQL for PostgreSQL, "About users and roles", 2026)."""
    image: pulumi.Input[str]
    """Has psql."""


class PostgresExtensions(pulumi.ComponentResource):
    """vector and pgaudit, created by a job inside the VPC that runs with the deployment.

    What needs the extensions depends on this: the deployment goes on when they are there.
    """

    def __init__(
        self, name: str, args: PostgresExtensionsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:PostgresExtensions", name, None, opts)
        CloudRunJob(
            "apex-pg-extensions",
            CloudRunJobArgs(
                ctx=args.ctx,
                network=args.network,
                description="Creates PostgreSQL's extensions.",
                image=args.image,
                command=["/bin/sh", "-c"],
                arguments=[_SCRIPT.read_text(encoding="utf-8")],
                databases=[args.postgres],
                run="with-the-deployment",
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
