"""A release, one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from infra.config.types import steps as percentages_of
from infra.release import Release
from operations.errors import Exit, OperationError
from operations.release import steps
from operations.release.gates import Limits, Measured, judge
from operations.release.monitoring import Revision
from operations.release.steps import Kind, Step
from operations.release.worker.pool import worker_of
from operations.service import API, Address, Service, read_service
from operations.smoke import Verdict
from operations.stack import OperatedStack, Update

_ALL = 100  # per cent
_REMEMBERED = 200  # deployments that are looked through for the image before


@dataclass(frozen=True)
class Patience:
    """How long a release stays where it is.

    Attributes:
        soak: At each percentage below 100, before it gets more.
        warm: At 100 %, before the old revision goes cold.
    """

    soak: timedelta = timedelta(minutes=10)
    warm: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Gates:
    """Whom a release asks.

    Attributes:
        smoke: Whether the paths of a revision at an address work.
        measure: How a revision did in the last seconds.
        limits: What the revision may do at most.
    """

    smoke: Callable[[Address], Verdict]
    measure: Callable[[Revision, int], Measured]
    limits: Limits


class ReleaseRun:
    """The release of a stack: reads where it is, and takes it a step further or back."""

    def __init__(
        self,
        stack: OperatedStack,
        gates: Gates,
        patience: Patience,
        say: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._stack = stack
        self._gates = gates
        self._patience = patience
        self._say = say
        self._now = now

    def status(self) -> str:
        """Where the release is, in words.

        Raises:
            OperationError: that cannot be read.
        """
        service = self._service()
        release = service.release
        if not release.is_under_way:
            return f"no release is under way: {service.newest} of {service.image} serves everything"
        return (
            f"a release of {service.image} is under way\n"
            f"  stable     {release.stable}  {100 - release.percent} %\n"
            f"  candidate  {release.candidate or service.newest}  {release.percent} %"
            f"  since {self._last().ended:%Y-%m-%d %H:%M} UTC"
        )

    def forward(self, image: str | None) -> Step | None:
        """What `promote` would do next; nothing is asked or changed.

        Args:
            image: What is released; `None` for what is under way, or else for what the config has.

        Returns:
            The step; `None` where the image serves everything already.

        Raises:
            OperationError: it cannot be done.
        """
        return self._forward(self._service(), image)

    def back(self) -> list[Step]:
        """What `rollback` would do; nothing is asked or changed.

        Raises:
            OperationError: there is nothing to go back to.
        """
        return self._back(self._service())

    def deploy(self, image: str | None) -> str:
        """Deploys the program; another image of the API becomes the candidate, and is tested.

        Returns:
            What was done.

        Raises:
            OperationError: the candidate failed its smoke tests, and was rolled back; another
                release is under way; or the deployment failed.
        """
        resources = self._stack.resources()
        service = read_service(resources)
        step = None if service is None else self._forward(service, image)
        if service is None or step is None:
            self._stack.deploy(worker_of(resources))
            return "deploy the program"
        if not service.release.is_under_way:
            self._move(step, service)
        self._pass(self._smoke(self._service()))
        return f"have {step.image} as the candidate"

    def hold(self) -> str:
        """Sets in the stack's file what is deployed of API and worker: a preview leaves them alone.

        Returns:
            What was set.
        """
        resources = self._stack.resources()
        service = read_service(resources)
        if service is None:
            return "nothing: the API has not been deployed"
        held = Step(Kind.BEGIN, service.image, service.release).config()
        self._stack.configure(held | worker_of(resources))
        return f"{service.image} and who gets how many of its requests"

    def promote(self, image: str | None) -> Step | None:
        """Takes a release one step further, if its gates let it; see `forward`.

        Raises:
            OperationError: a gate refused, and the release was rolled back; or it cannot be done,
                and nothing changed.
        """
        service = self._service()
        step = self._forward(service, image)
        if step is None:
            return None
        if step.kind is not Kind.BEGIN:
            self._pass_gates(service)
        self._move(step, service)
        return step

    def rollback(self) -> list[Step]:
        """Ends the release as if it had not been; without one, deploys the image before again.

        Raises:
            OperationError: there is nothing to go back to, or the deployment failed.
        """
        service = self._service()
        done = self._back(service)
        for step in done:
            self._do(step, service)
            service = self._service()
        return done

    def _service(self) -> Service:
        service = read_service(self._stack.resources())
        if service is None:
            raise OperationError(
                f"{API} is not in the state of stack {self._stack.name}: run pulumi up first"
            )
        return service

    def _forward(self, service: Service, image: str | None) -> Step | None:
        if image is None:
            image = self._stack.config("api-image")
            if service.release.is_under_way and not service.runs(image):
                image = service.image
        return steps.forward(service, image, percentages_of(self._stack.config("release-steps")))

    def _back(self, service: Service) -> list[Step]:
        updates = [update for update in self._history() if update.succeeded]
        settled = [update.config["api-image"] for update in updates if not _is_release(update)]
        if not service.release.is_under_way and updates and not _is_release(updates[0]):
            # What serves was deployed to its end: the image before is another one.
            settled = [image for image in settled if image != settled[0]]
        if not settled:
            raise OperationError(
                "there is no deployment of another image to go back to. Release one: "
                "scripts/release promote --image IMAGE"
            )
        if service.release.is_under_way:
            return steps.back(service, settled[0])
        return [Step(Kind.RESTORE, settled[0], Release())]

    def _pass_gates(self, service: Service) -> None:
        release = service.release
        since = self._now() - self._last().ended
        if release.percent:
            warm = release.percent == _ALL
            _wait(since, self._patience.warm if warm else self._patience.soak)
        self._pass(self._smoke(service))
        if release.percent:
            revision = Revision(service.project, API, release.candidate)
            measured = self._gates.measure(revision, int(since.total_seconds()))
            self._pass(judge(measured, self._gates.limits))

    def _pass(self, verdict: Verdict) -> None:
        self._say(verdict.reason)
        if verdict.passed is None:
            raise OperationError(f"not yet: {verdict.reason}", Exit.NOT_YET)
        if not verdict.passed:
            self.rollback()
            raise OperationError(f"rolled back: {verdict.reason}", Exit.REFUSED)

    def _smoke(self, service: Service) -> Verdict:
        if service.candidate is None:
            raise OperationError("the candidate has no address: run the command again")
        return self._gates.smoke(service.candidate)

    def _move(self, step: Step, service: Service) -> None:
        try:
            self._do(step, service)
        except OperationError as error:
            if error.exit is not Exit.FAILED or not self._service().release.is_under_way:
                raise
            self._say(f"{error}")
            self.rollback()
            raise OperationError(f"rolled back: {error}", Exit.REFUSED) from None

    def _do(self, step: Step, seen: Service) -> None:
        """Deploys a step, unless somebody else has moved the release meanwhile."""
        resources = self._stack.resources()
        if read_service(resources) != seen:
            raise OperationError("somebody else has moved the release meanwhile", Exit.NOT_YET)
        self._say(f"{step}")
        try:
            self._stack.deploy(step.config() | worker_of(resources))
        except OperationError as error:
            if error.exit is Exit.FAILED:
                # Cloud Run may have taken it though it failed, which the state does not know yet.
                with suppress(OperationError):
                    self._stack.refresh(seen.urn)
            raise

    def _last(self) -> Update:
        for update in self._stack.history():
            return update
        raise OperationError(f"stack {self._stack.name} has not been deployed: run pulumi up first")

    def _history(self) -> list[Update]:
        return list(islice(self._stack.history(), _REMEMBERED))


def _wait(since: timedelta, needed: timedelta) -> None:
    if since < needed:
        raise OperationError(
            f"not yet: {_minutes(since)} of {_minutes(needed)} have passed since the last step; "
            f"try again in {_minutes(needed - since)}",
            Exit.NOT_YET,
        )


def _is_release(update: Update) -> bool:
    return bool(update.config.get("api-stable-revision"))


def _minutes(time: timedelta) -> str:
    return f"{time.total_seconds() / 60:.0f} min"
