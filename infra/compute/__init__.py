"""What runs on Cloud Run."""

from infra.compute.connection import Connection
from infra.compute.job import CloudRunJob, CloudRunJobArgs
from infra.compute.service import CloudRunService, CloudRunServiceArgs
from infra.compute.worker_pool import CloudRunWorkerPool, CloudRunWorkerPoolArgs
from infra.compute.workload import BucketMount, Sidecar

__all__ = [
    "BucketMount",
    "CloudRunJob",
    "CloudRunJobArgs",
    "CloudRunService",
    "CloudRunServiceArgs",
    "CloudRunWorkerPool",
    "CloudRunWorkerPoolArgs",
    "Connection",
    "Sidecar",
]
