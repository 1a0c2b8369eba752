"""Asks Temporal which builds of the worker there are, and tells it which one gets new work.

Temporal's API: `DescribeWorkerDeployment`, `DescribeTaskQueue` and
`SetWorkerDeploymentCurrentVersion` (temporalio/api, November 2026). Worker versioning as it is here
needs a server of 1.29.1 ("Worker Versioning").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.worker_release import POOL
from operations.errors import Exit, OperationError
from operations.release.worker.versions import Status, Versions

if TYPE_CHECKING:
    import grpc
    from temporalio.api.deployment.v1 import WorkerDeploymentInfo

_TIMEOUT = 30  # seconds
_WHO = "scripts/release"


@dataclass(frozen=True)
class Queue:
    """The task queue that the workers poll.

    Attributes:
        address: `HOST:PORT` of Temporal's frontend.
        namespace: The namespace that it is in.
        name: Its name.
        deployment: What Temporal calls the workers of all builds together.
    """

    address: str
    namespace: str
    name: str
    deployment: str = POOL


class Temporal:
    """The workers' deployment in a namespace."""

    def __init__(self, channel: grpc.Channel, queue: Queue) -> None:
        from temporalio.api.workflowservice.v1 import WorkflowServiceStub

        self._service = WorkflowServiceStub(channel)
        self._queue = queue

    def versions(self) -> Versions:
        """Which builds there are.

        Raises:
            OperationError: Temporal did not tell.
        """
        import grpc
        from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest

        request = DescribeWorkerDeploymentRequest(
            namespace=self._queue.namespace, deployment_name=self._queue.deployment
        )
        try:
            answer = self._service.DescribeWorkerDeployment(request, timeout=_TIMEOUT)
            polling = self._polling()
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND and "amespace" not in str(error.details()):
                return Versions()  # no worker has polled with a build id
            raise self._failed(error) from None
        return _versions(answer.worker_deployment_info, polling, answer.conflict_token)

    def make_current(self, build: str, seen: Versions) -> None:
        """Lets new workflows begin on a build.

        Args:
            build: Its build id.
            seen: What Temporal said before; where that is so no more, nothing changes.

        Raises:
            OperationError: Temporal did not do it.
        """
        import grpc
        from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest

        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._queue.namespace,
            deployment_name=self._queue.deployment,
            build_id=build,
            conflict_token=seen.token,
            identity=_WHO,
        )
        try:
            self._service.SetWorkerDeploymentCurrentVersion(request, timeout=_TIMEOUT)
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.NOT_FOUND):
                raise OperationError(
                    f"not yet: Temporal does not take {build}: {error.details()}", Exit.NOT_YET
                ) from None
            raise self._failed(error) from None

    def _polling(self) -> AbstractSet[str]:
        # A version that anybody has polled for at any time can be made the current one.
        from temporalio.api.enums.v1 import TaskQueueType
        from temporalio.api.taskqueue.v1 import TaskQueue
        from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

        request = DescribeTaskQueueRequest(
            namespace=self._queue.namespace,
            task_queue=TaskQueue(name=self._queue.name),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        answer = self._service.DescribeTaskQueue(request, timeout=_TIMEOUT)
        return {
            poller.deployment_options.build_id
            for poller in answer.pollers
            if poller.deployment_options.deployment_name == self._queue.deployment
        }

    def _failed(self, error: grpc.RpcError) -> OperationError:
        import grpc

        reasons = {
            grpc.StatusCode.UNAVAILABLE: "cannot be reached, or does not take the certificate",
            grpc.StatusCode.DEADLINE_EXCEEDED: f"did not answer within {_TIMEOUT} s",
            grpc.StatusCode.UNAUTHENTICATED: "does not take the certificate",
            grpc.StatusCode.PERMISSION_DENIED: f"denies access to {self._queue.namespace}",
            grpc.StatusCode.NOT_FOUND: f"has no namespace {self._queue.namespace}",
            grpc.StatusCode.UNIMPLEMENTED: "has no worker versioning: 1.29.1 is needed",
        }
        code = error.code()
        reason = reasons.get(code, f"answered {code.name}: {error.details()}")
        return OperationError(f"Temporal at {self._queue.address} {reason}")


@contextmanager
def connected(
    queue: Queue, certificate: str, key: str, roots: bytes | None = None
) -> Iterator[Temporal]:
    """Temporal as the workers reach it, over TLS.

    Args:
        queue: What the workers poll.
        certificate: The client's certificate, in PEM.
        key: The certificate's private key, in PEM.
        roots: The certificates that sign for Temporal's own, in PEM; `None` for everybody's.
    """
    import grpc

    credentials = grpc.ssl_channel_credentials(roots, key.encode(), certificate.encode())
    with grpc.secure_channel(queue.address, credentials) as channel:
        yield Temporal(channel, queue)


def _versions(info: WorkerDeploymentInfo, polling: AbstractSet[str], token: bytes) -> Versions:
    current = info.routing_config.current_deployment_version.build_id or None
    statuses = _statuses()
    return Versions(
        current,
        {
            summary.deployment_version.build_id: statuses.get(summary.status, Status.DRAINING)
            for summary in info.version_summaries
        },
        polling,
        token,
    )


def _statuses() -> Mapping[int, Status]:
    """Temporal's statuses; one that is not among them may have work."""
    from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus as Theirs

    return {
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_CREATED: Status.UNUSED,
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE: Status.UNUSED,
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: Status.ACTIVE,
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: Status.ACTIVE,
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: Status.DRAINING,
        Theirs.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: Status.DRAINED,
    }
