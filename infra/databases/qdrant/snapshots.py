"""Qdrant's snapshots: where they are kept, what makes them and what brings them back."""

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from infra.compute import BucketMount, CloudRunJob, CloudRunJobArgs, Connection
from infra.config.cron import longest_pause
from infra.databases.qdrant.alerts import snapshot_old
from infra.monitoring import Alert
from infra.networking import Network
from infra.project import GoogleApi, StackContext

JOB = "qdrant-snapshot"
"""Name of the job that makes snapshots, but for the prefix."""

_SCRIPT = Path(__file__).with_name("snapshots.sh")
_PATH = "/snapshots"
_TIMEOUT = 3600  # seconds
_USER = "100:101"
"""The user of curl's own image (curl/curl-container, `curl_user`). Root may write as well."""


class SnapshotsBucket(pulumi.ComponentResource):
    """The bucket with the snapshots, which outlives what it is a copy of."""

    name: pulumi.Output[str]

    def __init__(
        self, name: str, *, ctx: StackContext, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:QdrantSnapshotsBucket", name, None, opts)
        bucket = gcp.storage.Bucket(
            "qdrant-snapshots",
            name=f"{ctx.project}-{ctx.name('qdrant-snapshots')}",
            location=ctx.region,
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # What the job prunes or somebody deletes is kept one day as an old version and then a
            # week as a deleted object. Nothing goes by its age alone: while snapshots fail, the
            # last good ones stay.
            versioning=gcp.storage.BucketVersioningArgs(enabled=True),
            lifecycle_rules=[
                gcp.storage.BucketLifecycleRuleArgs(
                    action=gcp.storage.BucketLifecycleRuleActionArgs(type="Delete"),
                    condition=gcp.storage.BucketLifecycleRuleConditionArgs(
                        days_since_noncurrent_time=1, with_state="ARCHIVED"
                    ),
                )
            ],
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=7 * 24 * 3600
            ),
            force_destroy=ctx.environment == "dev",
            labels=ctx.labels,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[ctx.apis[GoogleApi.STORAGE]],
                protect=ctx.deletion_protection,
            ),
        )
        self.name = bucket.name
        self.register_outputs({"name": self.name})


@dataclass(frozen=True, kw_only=True)
class SnapshotsArgs:
    """What `Snapshots` are built from."""

    ctx: StackContext
    network: Network
    image: pulumi.Input[str]
    """Has sh and curl, and runs as curl's own does, or as root."""
    qdrant: Connection
    bucket: pulumi.Input[str]
    path_in_qdrant: str | None
    """Where Qdrant itself sees the bucket; None where it does not, and is sent the snapshots."""
    memory: str
    """Memory of the job that makes them, in Kubernetes's notation: more than the largest snapshot.

    Without streaming writes, a file is in memory until it is in the bucket (Cloud Run,
    "Configure Cloud Storage volume mounts", 2026).
    """
    schedule: str
    """When snapshots are made, as cron has it, in UTC."""
    retention: int
    """How many days they are kept."""


class Snapshots(pulumi.ComponentResource):
    """A job that makes a snapshot of each collection at its times, and one that restores them.

    The snapshots of one run are a set. A set counts when its list of checksums is there, which is
    written last.
    """

    job: str
    """Name of the job that makes them."""
    alert: Alert
    """On snapshots that are too old."""

    def __init__(
        self, name: str, args: SnapshotsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:QdrantSnapshots", name, None, opts)
        self.job = args.ctx.name(JOB)
        self.alert = snapshot_old(
            job=self.job, region=args.ctx.region, period=longest_pause(args.schedule)
        )
        CloudRunJob(
            JOB,
            CloudRunJobArgs(
                ctx=args.ctx,
                network=args.network,
                description="Makes snapshots of Qdrant's collections.",
                image=args.image,
                memory=args.memory,
                command=["/bin/sh", "-c"],
                arguments=[_SCRIPT.read_text(encoding="utf-8"), "snapshots.sh", "make"],
                environment={
                    "SNAPSHOTS_PATH": _PATH,
                    "SNAPSHOTS_RETENTION": str(args.retention),
                },
                databases=[args.qdrant],
                buckets=[BucketMount(path=_PATH, bucket=args.bucket, read_only=False, user=_USER)],
                timeout=_TIMEOUT,
                run="on-schedule",
                schedule=args.schedule,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        CloudRunJob(
            "qdrant-restore",
            CloudRunJobArgs(
                ctx=args.ctx,
                network=args.network,
                description="Brings snapshots of Qdrant's collections back.",
                image=args.image,
                command=["/bin/sh", "-c"],
                arguments=[_SCRIPT.read_text(encoding="utf-8"), "snapshots.sh", "restore"],
                environment={
                    "SNAPSHOTS_PATH": _PATH,
                    "SNAPSHOTS_PATH_IN_QDRANT": args.path_in_qdrant or "",
                },
                databases=[args.qdrant],
                buckets=[BucketMount(path=_PATH, bucket=args.bucket)],
                timeout=_TIMEOUT,
                retries=0,
                run="by-hand",
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
