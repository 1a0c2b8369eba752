"""A stand-in for Temporal: which builds of a worker poll, and which workflows each of them has.

It answers as Temporal's server does (v1.31): who has polled is known, the current version is where
new workflows begin, a pinned workflow stays where it began, and a version whose workflows are all
closed is drained.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import grpc
from temporalio.api.deployment.v1 import WorkerDeploymentInfo, WorkerDeploymentVersion
from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus as Status
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentCurrentVersionResponse,
)

from operations.release.worker.temporal import Queue
from operations.release.worker.versions import Status as OurStatus
from operations.release.worker.versions import Versions
from tests.operations.certificates import Certificates

NAMESPACE, TASK_QUEUE = "apex-memory", "apex-ingestion"


@dataclass
class Work:
    """What a namespace has of one worker deployment."""

    polling: set[str] = field(default_factory=set)
    """Builds that have instances."""
    known: set[str] = field(default_factory=set)
    """Builds that have polled at some time."""
    current: str = ""
    activated: set[str] = field(default_factory=set)
    """Builds that were the current one at some time."""
    open: list[str] = field(default_factory=list)
    """The build of each workflow that is open."""
    changes: int = 0
    """How often the current one was changed."""

    def instances(self, *builds: str) -> None:
        """From now on these builds have instances, and no others."""
        self.polling = set(builds)
        self.known |= self.polling

    def begin(self) -> str:
        """A workflow begins; returns the build that it is pinned to."""
        self.open.append(self.current)
        return self.current

    def stranded(self) -> set[str]:
        """Builds without instances that have work, or would get some."""
        return {self.current, *self.open} - self.polling - {""}

    def make_current(self, build: str) -> None:
        self.current = build
        self.activated |= {build} - {""}
        self.changes += 1

    @property
    def token(self) -> bytes:
        return str(self.changes).encode()

    def status(self, build: str) -> Status.ValueType:
        if build == self.current:
            return Status.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT
        if build not in self.activated:
            return Status.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE
        if build in self.open:
            return Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING
        return Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED


def versions_of(work: Work) -> Versions:
    """What a release reads of it."""
    theirs = Status
    ours = {
        theirs.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: OurStatus.ACTIVE,
        theirs.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE: OurStatus.UNUSED,
        theirs.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: OurStatus.DRAINING,
        theirs.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: OurStatus.DRAINED,
    }
    return Versions(
        work.current or None,
        {build: ours[work.status(build)] for build in work.known},
        frozenset(work.polling),
        work.token,
    )


class Server:
    """The calls of Temporal's that a release makes."""

    def __init__(self) -> None:
        self.work = Work()
        self.queue = Queue("", NAMESPACE, TASK_QUEUE)
        self.failure: tuple[grpc.StatusCode, str] | None = None
        """What every call is answered with instead."""

    def describe(
        self, request: DescribeWorkerDeploymentRequest, context: grpc.ServicerContext
    ) -> DescribeWorkerDeploymentResponse:
        self._check(request.namespace, context)
        work = self.work
        if not work.known or request.deployment_name != "apex-worker":
            context.abort(grpc.StatusCode.NOT_FOUND, "Worker Deployment not found")
        info = WorkerDeploymentInfo(name=request.deployment_name)
        if work.current:
            info.routing_config.current_deployment_version.CopyFrom(
                WorkerDeploymentVersion(
                    deployment_name=request.deployment_name, build_id=work.current
                )
            )
        for build in sorted(work.known):
            summary = info.version_summaries.add(status=work.status(build))
            summary.deployment_version.build_id = build
        return DescribeWorkerDeploymentResponse(
            conflict_token=work.token, worker_deployment_info=info
        )

    def make_current(
        self, request: SetWorkerDeploymentCurrentVersionRequest, context: grpc.ServicerContext
    ) -> SetWorkerDeploymentCurrentVersionResponse:
        self._check(request.namespace, context)
        if request.conflict_token != self.work.token:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "conflict token mismatch")
        if request.build_id and request.build_id not in self.work.known:
            context.abort(
                grpc.StatusCode.FAILED_PRECONDITION, f"build ID '{request.build_id}' not found"
            )
        self.work.make_current(request.build_id)
        return SetWorkerDeploymentCurrentVersionResponse(conflict_token=self.work.token)

    def describe_queue(
        self, request: DescribeTaskQueueRequest, context: grpc.ServicerContext
    ) -> DescribeTaskQueueResponse:
        self._check(request.namespace, context)
        answer = DescribeTaskQueueResponse()
        if request.task_queue.name == TASK_QUEUE:
            for build in sorted(self.work.polling):
                options = answer.pollers.add().deployment_options
                options.deployment_name, options.build_id = "apex-worker", build
            answer.pollers.add(identity="without a build id")
        return answer

    def handler(self) -> grpc.GenericRpcHandler:
        """What answers the calls."""
        return grpc.method_handlers_generic_handler(
            "temporal.api.workflowservice.v1.WorkflowService",
            {
                "DescribeWorkerDeployment": grpc.unary_unary_rpc_method_handler(
                    self.describe,
                    DescribeWorkerDeploymentRequest.FromString,
                    DescribeWorkerDeploymentResponse.SerializeToString,
                ),
                "DescribeTaskQueue": grpc.unary_unary_rpc_method_handler(
                    self.describe_queue,
                    DescribeTaskQueueRequest.FromString,
                    DescribeTaskQueueResponse.SerializeToString,
                ),
                "SetWorkerDeploymentCurrentVersion": grpc.unary_unary_rpc_method_handler(
                    self.make_current,
                    SetWorkerDeploymentCurrentVersionRequest.FromString,
                    SetWorkerDeploymentCurrentVersionResponse.SerializeToString,
                ),
            },
        )

    def _check(self, namespace: str, context: grpc.ServicerContext) -> None:
        if self.failure:
            context.abort(*self.failure)
        if namespace != NAMESPACE:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Namespace {namespace} is not found.")


@contextmanager
def serving(certificates: Certificates) -> Iterator[Server]:
    """A server on this machine that takes nobody without one of the certificates."""
    found = Server()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((found.handler(),))
    credentials = grpc.ssl_server_credentials(
        [(certificates.server.key.encode(), certificates.server.certificate.encode())],
        certificates.roots,
        require_client_auth=True,
    )
    port = server.add_secure_port("localhost:0", credentials)
    found.queue = replace(found.queue, address=f"localhost:{port}")
    server.start()
    try:
        yield found
    finally:
        server.stop(None).wait()
