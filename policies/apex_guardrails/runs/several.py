"""Judges several stacks side by side; one that reads another's outputs gets them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.sources.offline.other_stacks import (
    Ask,
    Outputs,
    StackName,
    outputs_of,
)
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.projects import Target
from apex_guardrails.support.errors import ApexError

Judge = Callable[[Target, Ask, Callable[[OfflinePreview], None]], RunResult]
"""Judges a stack; asks for the outputs of others, and tells of the program that it starts."""


@dataclass(frozen=True)
class Judged:
    """What came of one stack: a result, or why there is none."""

    target: Target
    result: RunResult | ApexError

    @property
    def outputs(self) -> Outputs | None:
        """What the stack gives out, where its program ran to its end."""
        if isinstance(self.result, ApexError) or not self.result.judgement.is_complete:
            return None
        return outputs_of(self.result.stack)


@dataclass
class _Job:
    """One stack on its way: taken up by whoever comes first, waited for by the others."""

    target: Target
    is_taken: bool = False
    waits_for: list[_Job] = field(default_factory=list)
    judged: Future[Judged] = field(default_factory=Future)


class Several:
    """Judges some stacks, as many at a time as there are cores."""

    def __init__(
        self, targets: Sequence[Target], judge: Judge, more: Callable[[], Iterable[Target]] = tuple
    ) -> None:
        """Some stacks, of which none is judged yet.

        Args:
            targets: the stacks.
            judge: judges one.
            more: those besides that one of them may ask for; looked for when that is.
        """
        self._jobs = [_Job(target) for target in targets]
        self._judge = judge
        self._more: Callable[[], Iterable[Target]] | None = more
        self._lock = threading.Lock()
        self._started: list[OfflinePreview] = []
        self._is_over = False

    def judged(self) -> Generator[Judged]:
        """What came of each, in the order in which they were given."""
        with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as workers:
            for job in self._jobs:
                workers.submit(self._do, job)
            try:
                for job in self._jobs:
                    yield job.judged.result()
            except BaseException:
                workers.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise

    def stop(self) -> None:
        """Ends every program that was started, and starts none any more."""
        with self._lock:
            self._is_over = True
        for preview in self._started:
            preview.stop()

    def asked_by_first(self, names: Sequence[StackName]) -> Outputs | None:
        """What the first stack, which somebody else judges, gets of another one that it asks for.

        That one is judged now, unless it was already.
        """
        first = self._jobs[0]
        first.is_taken = True
        return self._outputs(first, names)

    def _do(self, job: _Job) -> None:
        with self._lock:
            if job.is_taken:
                return
            job.is_taken = True
        try:
            job.judged.set_result(self._one(job))
        except BaseException as error:  # noqa: BLE001 whoever waits for it must hear of it
            job.judged.set_exception(error)

    def _one(self, job: _Job) -> Judged:
        try:
            result = self._judge(job.target, lambda names: self._outputs(job, names), self._note)
        except ApexError as error:
            return Judged(job.target, error)
        return Judged(job.target, result)

    def _note(self, preview: OfflinePreview) -> None:
        with self._lock:
            if self._is_over:
                raise CancelledError
            self._started.append(preview)

    def _outputs(self, asking: _Job, names: Sequence[StackName]) -> Outputs | None:
        """The outputs of one of the others: judged here and now, if nobody has begun with it.

        The program that asks for them does nothing meanwhile, so its core is free.
        """
        with self._lock:
            if self._more is not None:
                self._jobs += map(_Job, self._more())
                self._more = None
        meant = [job for job in self._jobs if job is not asking and _is_meant(job.target, names)]
        if len(meant) != 1:
            return None
        other = meant[0]
        with self._lock:
            if _leads_to(other, asking):
                return None
            asking.waits_for.append(other)
        try:
            self._do(other)
            return other.judged.result().outputs
        finally:
            with self._lock:
                asking.waits_for.remove(other)


def _is_meant(target: Target, names: Sequence[StackName]) -> bool:
    return any((name.project, name.stack) == (target.project, target.stack) for name in names)


def _leads_to(job: _Job, asking: _Job) -> bool:
    """Whether a stack waits, over others or not, for the one that asks for it."""
    return job is asking or any(_leads_to(other, asking) for other in job.waits_for)
