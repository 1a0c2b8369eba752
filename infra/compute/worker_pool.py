"""Cloud Run worker pools: what asks for its work itself, and answers no requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_gcp as gcp

from infra.compute.workload import Sidecar, Workload, WorkloadArgs
from infra.worker_release import WorkerRelease


@dataclass(frozen=True, kw_only=True)
class CloudRunWorkerPoolArgs(WorkloadArgs):
    """What a `CloudRunWorkerPool` is built from."""

    instances: int
    """How many one revision has."""
    autoscaled: bool = False
    """Whether something outside sets the number of instances after the creation."""
    release: WorkerRelease = field(default_factory=WorkerRelease)
    """How the instances are shared out between revisions."""
    sidecars: Sequence[Sidecar] = ()


class CloudRunWorkerPool(Workload):
    """A worker pool with its own identity, let in wherever the databases it is given need it."""

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: CloudRunWorkerPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:CloudRunWorkerPool", name, args, opts)
        pool = gcp.cloudrunv2.WorkerPool(
            name,
            name=args.ctx.name(name),
            description=args.description,
            location=args.ctx.region,
            scaling={
                "scaling_mode": "MANUAL",
                "manual_instance_count": args.release.instances(args.instances),
            },
            instance_splits=[
                gcp.cloudrunv2.WorkerPoolInstanceSplitArgs(**split)
                for split in args.release.splits()
            ],
            template={
                "service_account": self.identity.email,
                "containers": [
                    self._container(args, name="worker"),
                    *(self._sidecar(sidecar) for sidecar in args.sidecars),
                ],
                "volumes": self._volumes(args),
                "vpc_access": self._vpc_access(args),
                "labels": args.ctx.labels,
            },
            deletion_protection=False,
            labels=args.ctx.labels,
            opts=self._options(
                args,
                protect=args.ctx.deletion_protection,
                ignore_changes=["scaling.manualInstanceCount"] if args.autoscaled else None,
            ),
        )
        self.name = pool.name
        self.register_outputs({"name": self.name})
