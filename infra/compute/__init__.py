"""What runs on Cloud Run."""

from infra.compute.api import Api, ApiArgs
from infra.compute.connection import Connection
from infra.compute.job import OPERATORS_JOB, CloudRunJob, CloudRunJobArgs
from infra.compute.job_alerts import job_alerts
from infra.compute.service import CloudRunService, CloudRunServiceArgs
from infra.compute.temporal import Temporal
from infra.compute.worker import Worker, WorkerArgs
from infra.compute.worker_pool import CloudRunWorkerPool, CloudRunWorkerPoolArgs
from infra.compute.workload import BucketMount, Sidecar

__all__ = [
    "OPERATORS_JOB",
    "Api",
    "ApiArgs",
    "BucketMount",
    "CloudRunJob",
    "CloudRunJobArgs",
    "CloudRunService",
    "CloudRunServiceArgs",
    "CloudRunWorkerPool",
    "CloudRunWorkerPoolArgs",
    "Connection",
    "Sidecar",
    "Temporal",
    "Worker",
    "WorkerArgs",
    "job_alerts",
]
