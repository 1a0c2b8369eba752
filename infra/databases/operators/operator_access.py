"""The databases' own tools, as jobs that operators run inside the network.

docs/adr/0017 says why it is jobs; scripts/operate runs one and shows what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from infra.compute import OPERATORS_JOB, CloudRunJob, CloudRunJobArgs, Connection
from infra.networking import Network
from infra.project import StackContext

ROLE = "roles/run.jobsExecutorWithOverrides"
"""To run a job with other arguments, and to cancel it (Cloud Run, "IAM roles", 2026)."""

_HERE = Path(__file__).parent
_TIMEOUT = 3600  # seconds: what is run may build an index


@dataclass(frozen=True, kw_only=True)
class _Tool:
    script: str
    asks: Sequence[str]
    """Arguments of a question that changes nothing, for who gives none."""
    memory: str = "512Mi"


_TOOLS: Mapping[str, _Tool] = {
    "postgres": _Tool(script="psql.sh", asks=["--command", "SELECT version()"]),
    # It runs in a Java machine.
    "neo4j": _Tool(script="cypher_shell.sh", asks=["RETURN 1"], memory="1Gi"),
    "redis": _Tool(script="redis_cli.sh", asks=["PING"]),
    "qdrant": _Tool(script="qdrant.sh", asks=["/collections"]),
}


@dataclass(frozen=True, kw_only=True)
class Access:
    """One database, and the image that has its tool."""

    connection: Connection
    image: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class OperatorAccessArgs:
    """What an `OperatorAccess` is built from."""

    ctx: StackContext
    network: Network
    postgres: Access
    """Its image has psql."""
    neo4j: Access
    """Its image has cypher-shell."""
    redis: Access
    """Its image has redis-cli, with TLS."""
    qdrant: Access
    """Its image has curl."""
    operators: str
    """The group that may run them, as IAM has it; empty for who may run every job."""


class OperatorAccess(pulumi.ComponentResource):
    """A job for each database, `operator-<database>`, that runs the database's own tool.

    Its arguments are the tool's, given with each run; it has the application's credentials for that
    one database, and reaches nothing else. What it prints is in Cloud Logging.
    """

    def __init__(
        self, name: str, args: OperatorAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:OperatorAccess", name, None, opts)
        for database, access in (
            ("postgres", args.postgres),
            ("neo4j", args.neo4j),
            ("redis", args.redis),
            ("qdrant", args.qdrant),
        ):
            self._job(f"{OPERATORS_JOB}{database}", _TOOLS[database], access, args)
        self.register_outputs({})

    def _job(self, name: str, tool: _Tool, access: Access, args: OperatorAccessArgs) -> None:
        child = pulumi.ResourceOptions(parent=self)
        job = CloudRunJob(
            name,
            CloudRunJobArgs(
                ctx=args.ctx,
                network=args.network,
                description="Runs a database's own tool for an operator.",
                image=access.image,
                memory=tool.memory,
                # Who runs it gives other arguments, which take the place of these.
                command=["/bin/sh", "-c", (_HERE / tool.script).read_text("utf-8"), tool.script],
                arguments=tool.asks,
                databases=[access.connection],
                timeout=_TIMEOUT,
                retries=0,  # What failed half way is not done a second time by itself.
                run="by-hand",
            ),
            opts=child,
        )
        if args.operators:
            gcp.cloudrunv2.JobIamMember(
                name,
                name=job.name,
                location=args.ctx.region,
                role=ROLE,
                member=args.operators,
                opts=child,
            )
