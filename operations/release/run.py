"""A release, one step at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NoReturn

from infra.release import ALL, Release, percentages
from operations.errors import Exit, OperationError
from operations.release import steps
from operations.release.gates import Limits, Measured, judge
from operations.release.monitoring import Revision
from operations.release.steps import TRAFFIC_ALONE, Kind, Step
from operations.release.worker.pool import worker_of
from operations.service import API, Address, Service, config_of, is_same, read_service
from operations.smoke import SmokeResult
from operations.stack import OperatedStack, Scope, Update

_LEAST = 60  # seconds that a rate is taken over
_MOVED = "somebody else has moved the release in the meantime; see scripts/release status"
_ROLLED_BACK = "release: rolled back"
"""What the stack's history says of each step of a rollback."""
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

    smoke: Callable[[Address], SmokeResult]
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
        self._resources: Sequence[Mapping[str, Any]] = ()
        """Of the state, as it was read last."""

    def status(self) -> str:
        """Where the release is, in words.

        Raises:
            OperationError: that cannot be read.
        """
        return self._status(self._service())

    def plan(self, image: str | None) -> str:
        """What `promote` and `rollback` would do, in words; nothing is asked or changed.

        Args:
            image: What is released; `None` for what is under way, or else for what the config has.

        Raises:
            OperationError: where the release is cannot be read, or the image cannot be released.
        """
        service = self._service()
        step = self._forward(service, image)
        forward = f"would {step}" if step else "has nothing to do"
        try:
            back = f"would {_listed(self._back(service))}"
        except OperationError as error:
            back = f"is not possible: {error}"
        return f"{self._status(service)}\npromote {forward}\nrollback {back}"

    def deploy(self, image: str | None) -> str:
        """Deploys the program; another image of the API becomes the candidate, and is tested.

        Args:
            image: What is wanted; `None` for what the config has.

        Returns:
            What was done.

        Raises:
            OperationError: the candidate failed its smoke tests, and was rolled back; another
                release is under way; or the deployment failed.
        """
        service = self._read()
        worker = worker_of(self._resources)
        image = image or self._stack.config("api-image")
        if service is None:
            self._stack.deploy({"api-image": image, **config_of(Release()), **worker})
            return "deploy the program"
        step = steps.forward(service, image, self._percentages())
        if not service.release.is_under_way:
            if step is None:
                self._stack.deploy(config_of(Release()) | worker)
                return "deploy the program"
            self._move(step, service)
        elif self._stack.would_change(service.config() | worker):
            raise OperationError(
                f"a release of {service.image} is under way: promote it to its end, or roll it "
                "back, before you deploy anything else",
                Exit.BUSY,
            )
        self._smoke(self._service())
        return f"have {image} as the candidate"

    def hold(self) -> str:
        """Sets in the stack's file what is deployed of API and worker: a preview leaves them alone.

        Returns:
            What was set.
        """
        service = self._read()
        if service is None:
            return "nothing: the API has not been deployed"
        self._stack.configure(service.config() | worker_of(self._resources))
        return f"{service.image} and who gets how many of its requests"

    def promote(self, image: str | None) -> Step | None:
        """Takes a release one step further, if its gates let it; see `plan`.

        Raises:
            OperationError: a gate refused, and the release was rolled back; or it cannot be done,
                and nothing changed.
        """
        return self._promote(self._service(), image)

    def promote_to_end(
        self,
        image: str | None,
        *,
        may_begin: bool,
        wait: Callable[[], None],
        tell: Callable[[Step], None],
    ) -> None:
        """Takes a release to its end, waiting in between.

        Args:
            image: As for `promote`.
            may_begin: Whether a release is begun where none is under way, and another image's than
                the config's is gone on with.
            wait: Waits a while.
            tell: Is told of each step.

        Raises:
            OperationError: as for `promote`; or somebody else has moved the release.
        """
        service = self._service()
        left: Service | None = None
        if not may_begin:
            if not service.release.is_under_way:
                return
            image = image or self._stack.config("api-image")
        while left is None or service.release.is_under_way:
            if left not in (None, service):
                raise OperationError(_MOVED, Exit.BUSY)
            try:
                step = self._promote(service, image)
            except OperationError as error:
                if error.exit is not Exit.NOT_YET:
                    raise
                self._say(str(error))
                wait()
                left, service = service, self._service()
                if not service.release.is_under_way:
                    raise OperationError(_MOVED, Exit.BUSY) from None
                continue
            if step is None:
                return
            tell(step)
            left = service = self._service()

    def back(self) -> tuple[Service, list[Step]]:
        """The service as it is, and what `rollback` would do; nothing is changed.

        Raises:
            OperationError: there is nothing to go back to.
        """
        service = self._service()
        return service, self._back(service)

    def rollback(self, service: Service, taken: Sequence[Step]) -> None:
        """Takes the steps back that `back` has shown.

        Raises:
            OperationError: somebody else has moved the release, or a deployment failed.
        """
        for step in taken:
            self._do(step, service, _ROLLED_BACK)
            service = self._service()

    def _promote(self, service: Service, image: str | None) -> Step | None:
        release = service.release
        if release.is_under_way and not service.is_ready:
            self._stack.refresh(service.urn)  # it may have come to serve since
            service = self._service()
        step = self._forward(service, image)
        if step is None:
            return None
        if step.kind is not Kind.BEGIN:
            self._measured(service)
            self._smoke(service)
        self._move(step, service)
        return step

    def _status(self, service: Service) -> str:
        release = service.release
        if not release.is_under_way:
            return f"no release is under way: {service.ready} of {service.image} serves everything"
        return (
            f"a release of {service.image} is under way\n"
            f"  stable     {release.stable}  {ALL - release.percent} %\n"
            f"  candidate  {release.candidate or service.created}  {release.percent} %"
            f"  since {self._last().ended:%Y-%m-%d %H:%M} UTC"
        )

    def _read(self) -> Service | None:
        self._resources = self._stack.resources()
        return read_service(self._resources)

    def _service(self) -> Service:
        service = self._read()
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
        return steps.forward(service, image, self._percentages())

    def _percentages(self) -> tuple[int, ...]:
        found = self._stack.config("release-steps")
        try:
            return percentages(found)
        except ValueError as error:
            raise OperationError(
                f"release-steps: {found!r} {error}; fix it: pulumi config set --stack "
                f"{self._stack.name} release-steps 10,50,100"
            ) from None

    def _back(self, service: Service) -> list[Step]:
        is_under_way = service.release.is_under_way
        settled: list[str] = []
        updates = (update for update in self._stack.history() if update.succeeded)
        for number, update in enumerate(islice(updates, _REMEMBERED)):
            if number == 0 and not is_under_way and update.message == _ROLLED_BACK:
                raise OperationError(
                    f"the last deployment was a rollback, to {service.image}. For another image: "
                    "scripts/release promote --image IMAGE",
                    Exit.BUSY,
                )
            image = update.config["api-image"]
            if not update.config.get("api-stable-revision"):
                settled.append(image)
                if is_under_way or not is_same(image, settled[0]):
                    break
        return steps.back(service, settled)

    def _measured(self, service: Service) -> None:
        release = service.release
        if not release.percent:
            return
        since = self._now() - self._last().ended
        needed = self._patience.warm if release.percent == ALL else self._patience.soak
        if since < needed:
            raise OperationError(
                f"not yet: try again in {_minutes(needed - since)}, {_minutes(needed)} after the "
                "last step",
                Exit.NOT_YET,
            )
        revision = Revision(service.project, service.name, release.candidate)
        seconds = max(int(since.total_seconds()), _LEAST)
        verdict = judge(self._gates.measure(revision, seconds), self._gates.limits)
        if verdict.passed is None:
            raise OperationError(f"not yet: {verdict.reason}", Exit.NOT_YET)
        self._pass(service, verdict)

    def _smoke(self, service: Service) -> None:
        if service.candidate is None:
            raise OperationError(
                f"the candidate has no address: pulumi refresh --target '{service.urn}'"
            )
        verdict = self._gates.smoke(service.candidate)
        if not verdict.passed and not service.release.percent:
            self._say("the same for what serves now, to see whether the candidate is at fault")
            if not self._gates.smoke(service.address).passed:
                raise OperationError("the smoke tests fail for what serves now, too: see above")
        self._pass(service, verdict)

    def _pass(self, service: Service, verdict: SmokeResult) -> None:
        self._say(verdict.reason)
        if not verdict.passed:
            self._take_back(service, verdict.reason)

    def _take_back(self, service: Service, reason: str) -> NoReturn:
        try:
            self.rollback(service, self._back(service))
        except OperationError as error:
            raise OperationError(
                f"NOT rolled back: {error}. It should have been, because {reason}",
                Exit.BUSY if error.exit is Exit.BUSY else Exit.FAILED,
            ) from None
        raise OperationError(f"rolled back: {reason}", Exit.REFUSED)

    def _move(self, step: Step, service: Service) -> None:
        try:
            self._do(step, service, str(step))
        except OperationError as error:
            if error.exit is not Exit.FAILED:
                raise
            left = self._service()
            if not left.release.is_under_way:
                raise
            self._say(str(error))
            self._take_back(left, str(error))

    def _do(self, step: Step, seen: Service, message: str) -> None:
        """Deploys a step, unless somebody else has moved the release in the meantime."""
        # A release begins as soon as the state is read; every other step waits for its gates.
        if step.kind is not Kind.BEGIN and self._service() != seen:
            raise OperationError(_MOVED, Exit.BUSY)
        self._say(str(step))
        # Nothing but the service, whatever else is in the checkout; a candidate has its program.
        scope = Scope(
            urns=() if step.kind is Kind.BEGIN else (seen.urn,),
            inputs=frozenset({"traffics"} if step.kind in TRAFFIC_ALONE else ()),
            message=message,
        )
        with self._stack.read_again(seen.urn):
            self._stack.deploy(step.config() | worker_of(self._resources), scope=scope)

    def _last(self) -> Update:
        for update in self._stack.history():
            return update
        raise OperationError(f"stack {self._stack.name} has not been deployed: run pulumi up first")


def _listed(taken: Sequence[Step]) -> str:
    return ", then ".join(map(str, taken))


def _minutes(time: timedelta) -> str:
    return f"{math.ceil(time.total_seconds() / 60)} min"
