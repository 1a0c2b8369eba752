"""Neo4j on a virtual machine."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.compute import Connection
from infra.config.databases import Neo4jConfig
from infra.databases.vm import DatabaseVm, DatabaseVmArgs, machine_alerts, machine_cpu
from infra.monitoring import THRESHOLDS, Alert, Severity, Thresholds
from infra.networking import Network
from infra.project import ImageRegistry, StackContext
from infra.secrets import StoredSecret

PORT = 7687
"""Of Bolt; the browser's and HTTP's ports are closed."""

_NAME = "neo4j"

USER = "neo4j"
"""The administrator, and the only user that the Community edition's image sets up."""

_MEMORY = {  # MiB (Compute Engine, "General-purpose machine family", E2)
    "e2-small": 2048,
    "e2-medium": 4096,
    "e2-standard-2": 8192,
    "e2-standard-4": 16384,
    "e2-standard-8": 32768,
}
_RESERVE = 1024  # MiB

# The image's own user, of which it needs none of root's rights (docker-neo4j, Dockerfile, 2026).
_UID = "7474:7474"
_AUTH_FILE = "/run/secrets/neo4j-auth"


@dataclass(frozen=True, kw_only=True)
class Neo4jArgs:
    """What a `Neo4j` is built from."""

    ctx: StackContext
    network: Network
    images: ImageRegistry
    """Where the machine may pull images from."""
    config: Neo4jConfig
    backup_retention: int
    """How many days a daily snapshot of the data disk is kept."""
    password: StoredSecret
    """Password of `USER`, without a slash.

    It counts when the database is new only: docs/runbooks/neo4j-password.md says how it is changed.
    """


class Neo4j(pulumi.ComponentResource):
    """Neo4j Community on a machine of its own, with Bolt and nothing else open."""

    alerts: Sequence[Alert]
    instance_name: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    connection: Connection

    def __init__(
        self, name: str, args: Neo4jArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:Neo4j", name, None, opts)
        self.alerts = neo4j_alerts(THRESHOLDS[args.ctx.environment], machine=args.ctx.name(_NAME))
        machine = DatabaseVm(
            _NAME,
            DatabaseVmArgs(
                ctx=args.ctx,
                network=args.network,
                description="Neo4j, the knowledge graph.",
                machine_type=args.config.machine_type,
                disk_size=args.config.disk_size,
                snapshot_retention=args.backup_retention,
                images=args.images,
                image=args.images.image(args.config.image),
                port=PORT,
                user=_UID,
                data_path="/data",
                environment=_environment(args.config.machine_type),
                secret=args.password,
                secret_path=_AUTH_FILE,
                secret_template=f"{USER}/{{secret}}",
                check=(
                    f'NEO4J_PASSWORD="$(cut -d/ -f2- {_AUTH_FILE})" '
                    f"cypher-shell --address bolt://localhost:{PORT} --username {USER} 'RETURN 1'"
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.instance_name = machine.instance_name
        self.private_ip = machine.private_ip
        self.connection = Connection(
            environment={
                "NEO4J_URI": pulumi.Output.format("bolt://{}:{}", self.private_ip, PORT),
                "NEO4J_USER": USER,
            },
            secrets={"NEO4J_PASSWORD": args.password},
            network_tag=machine.network_tag,
        )
        self.register_outputs({"instance_name": self.instance_name, "private_ip": self.private_ip})


def memory(machine_type: str) -> tuple[int, int]:
    """Returns the size of the heap and of the page cache, in MiB.

    A gigabyte is left to the operating system, as Neo4j advises (Operations Manual 5, "Memory
    configuration"), a quarter of the memory is the heap, an eighth is spare (what the JVM needs
    beside its heap, Lucene's indexes), and the rest is the page cache. With the 2 GiB of an
    e2-small, Neo4j's minimum: 2048 - 1024 - 512 of heap - 256 spare = 256 of page cache.

    Raises:
        ValueError: If the machine's memory is not known.
    """
    if machine_type not in _MEMORY:
        raise ValueError(f"the memory of {machine_type} is not known; known: {', '.join(_MEMORY)}")
    total = _MEMORY[machine_type]
    heap, spare = total // 4, total // 8
    return heap, total - _RESERVE - heap - spare


def neo4j_alerts(thresholds: Thresholds, *, machine: str) -> list[Alert]:
    """Returns the alerts on a machine of that name."""
    return [
        *machine_alerts(thresholds, "Neo4j", machine),
        Alert(
            name="Neo4jCpuHigh",
            severity=Severity.WARNING,
            expression=f"{machine_cpu(machine)} > {thresholds.neo4j_cpu_ratio}",
            for_seconds=900,
            summary="The processors of Neo4j's machine are busy.",
        ),
    ]


def _environment(machine_type: str) -> dict[str, str]:
    """Returns Neo4j's settings, as its image takes them: dots as _, underscores as __."""
    heap, page_cache = memory(machine_type)
    return {
        "NEO4J_AUTH_PATH": _AUTH_FILE,
        "NEO4J_server_memory_heap_initial__size": f"{heap}m",
        "NEO4J_server_memory_heap_max__size": f"{heap}m",
        "NEO4J_server_memory_pagecache_size": f"{page_cache}m",
        "NEO4J_server_bolt_listen__address": f"0.0.0.0:{PORT}",
        "NEO4J_server_http_enabled": "false",
        "NEO4J_dbms_usage__report_enabled": "false",
    }
