"""Qdrant, where the vectors are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.compute import BucketMount, CloudRunService, CloudRunServiceArgs, Connection
from infra.config.databases import QdrantConfig, QdrantMemory
from infra.databases.qdrant.alerts import service_alerts
from infra.databases.qdrant.panels import machine_panels, qdrant_row, service_panels
from infra.databases.qdrant.snapshots import Snapshots, SnapshotsArgs, SnapshotsBucket
from infra.databases.vm import DatabaseVm, DatabaseVmArgs, machine_alerts
from infra.monitoring import THRESHOLDS, Alert
from infra.monitoring.dashboard import Row
from infra.networking import Network
from infra.project import ImageRegistry, StackContext
from infra.secrets import StoredSecret

PORT = 6333
"""Of the REST interface. gRPC's is closed: a Cloud Run service has one port."""

TIMEOUT = 900
"""Longest time for one request, in seconds: as long as a collection's snapshot may take."""

# Within Qdrant's own folder of snapshots, and nowhere else, may a file be that it restores while it
# runs (Qdrant 1.19, download.rs, August 2026).
_BUCKET_PATH = "/qdrant/snapshots/gcs-bucket"
_START = Path(__file__).with_name("start.sh")

_SETTINGS = {
    "QDRANT__TELEMETRY_DISABLED": "true",
    "QDRANT__SERVICE__ENABLE_CORS": "false",  # No browser asks it anything,
    "QDRANT__SERVICE__ENABLE_STATIC_CONTENT": "false",  # and nobody sees its dashboard.
}

_MACHINES: dict[QdrantMemory, str] = {"1Gi": "e2-small", "2Gi": "e2-medium", "4Gi": "e2-standard-2"}
"""Machines with twice the memory: the system's, and that of the page cache."""

_DISKS: dict[QdrantMemory, int] = {"1Gi": 10, "2Gi": 20, "4Gi": 40}  # GB
_DATA_PATH = "/qdrant/storage"
NAME = "qdrant"
"""What it is called, a service or a machine, but for the prefix."""


@dataclass(frozen=True, kw_only=True)
class QdrantArgs:
    """What a `Qdrant` is built from."""

    ctx: StackContext
    network: Network
    images: ImageRegistry
    """Where a machine may pull images from."""
    config: QdrantConfig
    api_key: StoredSecret
    """Asked for with each request. An empty one would let everybody in."""
    snapshot_retention: int
    """How many days snapshots are kept; the newest stay however old they are."""


class Qdrant(pulumi.ComponentResource):
    """One Qdrant instance with its REST interface alone, and the jobs that make snapshots of it.

    On Cloud Run a request has two credentials: the token of an identity that may invoke it, in
    `Authorization` or `X-Serverless-Authorization`, and Qdrant's key in `api-key`. Qdrant looks at
    `Authorization` only where there is no `api-key` (1.17 to 1.19, src/common/auth/mod.rs): neither
    is in the other's way. The token's audience is `QDRANT_AUDIENCE`.
    """

    connection: Connection
    snapshots: pulumi.Output[str]
    """Name of the bucket with its snapshots."""
    alerts: Sequence[Alert]
    row: Row
    """What the dashboard shows of it."""

    def __init__(
        self, name: str, args: QdrantArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:Qdrant", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = SnapshotsBucket("qdrant-snapshots-bucket", ctx=args.ctx, opts=child)
        self.snapshots = bucket.name
        thresholds, there = THRESHOLDS[args.ctx.environment], args.ctx.name(NAME)
        if args.config.runtime == "cloud-run":
            self.connection = self._cloud_run(args, bucket.name, child)
            alerts = service_alerts(thresholds, service=there, region=args.ctx.region)
            panels = service_panels(there)
        else:
            self.connection = self._vm(args, child)
            alerts = machine_alerts(thresholds, "Qdrant", there)
            panels = machine_panels(there)
        snapshots = Snapshots(
            "qdrant-snapshots",
            SnapshotsArgs(
                ctx=args.ctx,
                network=args.network,
                image=args.images.image(args.config.snapshot_image),
                qdrant=self.connection,
                bucket=bucket.name,
                path_in_qdrant=_BUCKET_PATH if args.config.runtime == "cloud-run" else None,
                memory=args.config.memory,
                schedule=args.config.snapshot_schedule,
                retention=args.snapshot_retention,
            ),
            opts=child,
        )
        self.alerts = [*alerts, snapshots.alert]
        self.row = qdrant_row(panels, job=snapshots.job)
        self.register_outputs({"snapshots": self.snapshots})

    @staticmethod
    def _cloud_run(
        args: QdrantArgs, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
    ) -> Connection:
        service = CloudRunService(
            NAME,
            CloudRunServiceArgs(
                ctx=args.ctx,
                network=args.network,
                description="Qdrant, the vectors.",
                image=args.images.image(args.config.image),
                memory=args.config.memory,
                command=["/bin/sh", "-c"],
                arguments=[_START.read_text(encoding="utf-8")],
                environment={**_SETTINGS, "SNAPSHOTS_PATH": _BUCKET_PATH},
                secrets={"QDRANT__SERVICE__API_KEY": args.api_key},
                buckets=[BucketMount(path=_BUCKET_PATH, bucket=bucket)],
                ingress="INTERNAL_ONLY",
                port=PORT,
                health_path="/readyz",
                # Two would have other data each.
                min_instances=1,
                max_instances=1,
                timeout=TIMEOUT,
            ),
            opts=opts,
        )
        return Connection(
            environment={"QDRANT_URL": service.url, "QDRANT_AUDIENCE": service.url},
            secrets={"QDRANT_API_KEY": args.api_key},
            service=service.name,
        )

    @staticmethod
    def _vm(args: QdrantArgs, opts: pulumi.ResourceOptions) -> Connection:
        machine = DatabaseVm(
            NAME,
            DatabaseVmArgs(
                ctx=args.ctx,
                network=args.network,
                description="Qdrant, the vectors.",
                machine_type=_MACHINES[args.config.memory],
                disk_size=_DISKS[args.config.memory],
                snapshot_retention=args.snapshot_retention,
                images=args.images,
                image=args.images.image(args.config.image),
                port=PORT,
                user="1000:1000",
                data_path=_DATA_PATH,
                environment={
                    **_SETTINGS,
                    # All that it writes is on the data disk.
                    "QDRANT__STORAGE__STORAGE_PATH": _DATA_PATH,
                    "QDRANT__STORAGE__SNAPSHOTS_PATH": f"{_DATA_PATH}/snapshots",
                    "QDRANT_INIT_FILE_PATH": "/tmp/qdrant-initialized",  # noqa: S108 - in the container
                },
                secret=args.api_key,
                # Read after the image's own settings (Qdrant 1.17, src/settings.rs).
                secret_path="/qdrant/config/local.yaml",  # noqa: S106 - a file's name
                secret_template="service:\n  api_key: {secret:yaml}\n  grpc_port: null\n",  # noqa: S106
                read_only=True,
            ),
            opts=opts,
        )
        return Connection(
            environment={
                "QDRANT_URL": pulumi.Output.format("http://{}:{}", machine.private_ip, PORT)
            },
            secrets={"QDRANT_API_KEY": args.api_key},
            network_tag=machine.network_tag,
        )
