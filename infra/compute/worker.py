"""The ingestion worker: what turns documents into memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.compute.collector import METRICS_PORT, ROLES, collector
from infra.compute.connection import Connection
from infra.compute.ingestion_alerts import ingestion_alerts
from infra.compute.ingestion_dashboards import INGESTION, TEMPORAL
from infra.compute.temporal import Temporal
from infra.compute.worker_alerts import worker_down
from infra.compute.worker_pool import CloudRunWorkerPool, CloudRunWorkerPoolArgs
from infra.config.worker import WorkerConfig
from infra.monitoring import THRESHOLDS, Alert, Dashboard
from infra.monitoring.metrics import of_pool
from infra.networking import Network
from infra.project import ImageRegistry, StackContext
from infra.secrets import StoredSecret
from infra.worker_release import POOL, build_of


@dataclass(frozen=True, kw_only=True)
class WorkerArgs:
    """What a `Worker` is built from."""

    ctx: StackContext
    network: Network
    images: ImageRegistry
    config: WorkerConfig
    databases: Sequence[Connection]
    secrets: Mapping[str, StoredSecret]
    """Environment variables whose value is a secret."""
    temporal: Temporal
    after: Sequence[pulumi.Resource]
    """What is there before it starts."""


class Worker(pulumi.ComponentResource):
    """A pool of workers that ask Temporal for work, with their metrics in Cloud Monitoring."""

    pool_name: pulumi.Output[str]
    alerts: Sequence[Alert]
    """On the workers and on their work."""
    dashboards: Sequence[Dashboard]

    def __init__(
        self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:Worker", name, None, opts)
        pool_name = args.ctx.name(POOL)
        self.alerts = self._alerts(pool_name, args)
        self.dashboards = [TEMPORAL, INGESTION]
        if args.ctx.name_prefix:
            # Else the two copies' workers would be taken for one another's.
            self.alerts = [it.changed(lambda text: of_pool(text, pool_name)) for it in self.alerts]
            self.dashboards = [
                it.changed(lambda text: of_pool(text, pool_name)) for it in self.dashboards
            ]
        pool = CloudRunWorkerPool(
            POOL,
            CloudRunWorkerPoolArgs(
                ctx=args.ctx,
                network=args.network,
                description="The ingestion worker of the Apex Memory System.",
                image=args.images.image(args.config.image),
                cpu=args.config.cpu,
                memory=args.config.memory,
                instances=args.config.instances,
                autoscaled=args.config.autoscaled,
                release=args.config.release,
                environment={
                    **args.temporal.environment,
                    "TEMPORAL_DEPLOYMENT_NAME": pool_name,
                    "TEMPORAL_WORKER_BUILD_ID": build_of(args.config.image),
                    "METRICS_PORT": str(METRICS_PORT),
                    # The time at which each series began is a series more, and nobody looks at it.
                    "PROMETHEUS_DISABLE_CREATED_SERIES": "true",
                },
                secrets={**args.secrets, **args.temporal.secrets},
                databases=args.databases,
                after=args.after,
                internet=True,
                roles=ROLES,
                sidecars=[
                    collector(
                        args.images.image(args.config.collector_image),
                        region=args.ctx.region,
                        pool=pool_name,
                    )
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.pool_name = pool.name
        self.register_outputs({"pool_name": self.pool_name})

    @staticmethod
    def _alerts(pool: str, args: WorkerArgs) -> list[Alert]:
        runs = args.config.always_runs
        return [
            *ingestion_alerts(
                THRESHOLDS[args.ctx.environment], workers=runs and args.config.has_metrics
            ),
            *([worker_down(pool=pool, region=args.ctx.region)] if runs else ()),
        ]
