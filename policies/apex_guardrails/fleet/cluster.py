"""Judges on Dask distributed: on processes of this machine, or on a cluster that exists.

The driver alone writes parts, so that what a lost worker has done twice is there once.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import dask
from dask.typing import Key
from distributed import (
    CancelledError,
    Client,
    Future,
    KilledWorker,
    LocalCluster,
    as_completed,
)
from distributed.comm.core import CommClosedError

from apex_guardrails.fleet.batches import Batch
from apex_guardrails.fleet.judging import Judged
from apex_guardrails.fleet.parts import part_of, states_in
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.rows import error_rows
from apex_guardrails.fleet.stopped import KEPT, StoppedError
from apex_guardrails.fleet.worker import about_worker, judge_batch
from apex_guardrails.pack.about import pack_info
from apex_guardrails.support.errors import ApexError, UsageError

_CONNECT_SECONDS: Final = 10
_WORKERS_SECONDS: Final = 60
_CHECK_SECONDS: Final = 600
"""How long workers may have something else to do before they answer."""
_LOSSES: Final = 1
"""How often a batch may lose its worker before its states are judged one by one; a scheduler that
exists counts by its own settings."""
_BESIDE: Final = 512
"""Megabytes that a worker has besides what judging a stack takes."""

_SETTINGS: Final = {
    "distributed.scheduler.allowed-failures": _LOSSES,
    # A worker has what it works on and no more: what is lost with it is known.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
    # What a worker does is kept for an hour, and would be most of its memory.
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.admin.tick.limit": "1h",
}


class Cluster:
    """Judges in many processes."""

    def __init__(self, plan: Plan, jobs: int, scheduler: str, digest: str) -> None:
        """Takes what is asked for.

        Args:
            plan: how stacks are judged.
            jobs: processes on this machine, where there is no scheduler.
            scheduler: the address of one that exists; "" for none.
            digest: of settings and rules, which every worker must see.
        """
        self._plan = plan
        self._jobs = jobs
        self._scheduler = scheduler
        self._digest = digest

    def run(self, batches: Sequence[Batch], advance: Callable[[int, int], None]) -> Iterator[bytes]:
        """The parts, as they are done.

        Raises:
            UsageError: the cluster cannot be used.
            StoppedError: it is gone before all was done.
        """
        with dask.config.set(_SETTINGS), self._client() as client:
            if self._scheduler:
                self._check(client)
            for part in self._parts(client, batches):
                states = list(states_in(part))
                advance(len(states), sum(bool(it.kind) for it in states))
                yield part

    @contextmanager
    def _client(self) -> Iterator[Client]:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if not self._scheduler:
            limit = self._plan.memory and (self._plan.memory + _BESIDE) * 1024 * 1024
            with (
                LocalCluster(
                    n_workers=self._jobs,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",
                    memory_limit=limit or None,
                    silence_logs=logging.CRITICAL,
                ) as cluster,
                Client(cluster, set_as_default=False) as client,
            ):
                yield client
            return
        try:
            client = Client(self._scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            why = str(error).partition("\n")[0]
            raise UsageError(f"--scheduler {self._scheduler}: cannot be reached: {why}") from None
        try:
            yield client
        finally:
            client.close(timeout=_CONNECT_SECONDS)

    def _check(self, client: Client) -> None:
        """Makes sure that workers are there, and each of them judges by the same.

        Raises:
            UsageError: they do not.
        """
        name = f"--scheduler {self._scheduler}"
        try:
            client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError:
            raise UsageError(f"{name}: has no worker") from None
        try:
            found = [
                client.submit(about_worker, self._plan, pure=False, workers=[address])
                for address in client.nthreads()
            ]
            about = [future.result(timeout=_CHECK_SECONDS) for future in found]
        except ApexError as error:
            raise UsageError(f"{name}: its workers cannot judge: {error}") from None
        except Exception as error:  # noqa: BLE001 whatever is wrong with a cluster of others
            raise UsageError(
                f"{name}: its workers cannot judge: {type(error).__name__}: {error}\n"
                "  they need apex-guardrails[fleet] in the version that is here, and its settings"
            ) from None
        here = pack_info()["version"]
        for version, digest in about:
            if (version, digest) != (here, self._digest):
                what = "other settings or rules" if version == here else f"apex {version}"
                raise UsageError(f"{name}: a worker of it has {what}; here is apex {here}")

    def _parts(self, client: Client, batches: Sequence[Batch]) -> Iterator[bytes]:
        waiting = deque(batches)
        under_way: dict[Key, Batch] = {}
        done = as_completed(loop=client.loop)

        def fill() -> None:
            """Gives the cluster so much that no worker waits, and not all there is."""
            threads = sum(client.nthreads().values()) or 1
            while waiting and len(under_way) < 2 * threads:
                batch = waiting.popleft()
                future = client.submit(judge_batch, self._plan, batch, pure=False)
                under_way[future.key] = batch
                done.add(future)

        try:
            fill()
            while under_way:
                future = next(done)
                batch = under_way.pop(future.key)
                outcome = self._outcome(future, batch)
                if outcome is None:
                    # Which of them takes the worker with it is found out one by one.
                    waiting.extendleft(Batch((state,)) for state in reversed(batch.states))
                else:
                    yield outcome
                future.release()
                fill()
        except (CommClosedError, OSError, StopIteration, RuntimeError):
            raise self._gone() from None

    def _outcome(self, future: Future[Any], batch: Batch) -> bytes | None:
        """What came of a batch; `None` where its states must be judged one by one.

        Raises:
            StoppedError: the cluster is gone.
        """
        try:
            # What a worker had done when it was lost is done again meanwhile.
            found: bytes = future.result()
        except CancelledError:
            raise self._gone() from None
        except KilledWorker as error:
            if len(batch.states) > 1:
                return None
            return self._lost(batch, error.allowed_failures + 1)
        return found

    def _lost(self, batch: Batch, tried: int) -> bytes:
        """What is said of a state that took its worker with it."""
        (state,) = batch.states
        owner, _ = self._plan.owners.of(state, None)
        what = (
            f"{state.address}: the process that judged it ended, {tried} times: it may take more "
            "memory than there is"
        )
        rows = error_rows(state, "worker lost", what, tried)
        lost = Judged(state, state.project, state.stack, owner, rows)
        return part_of([lost], self._plan).packed()

    def _gone(self) -> StoppedError:
        where = f"--scheduler {self._scheduler}" if self._scheduler else "--jobs"
        return StoppedError(f"{where}: lost the connection to the cluster\n  {KEPT}")
