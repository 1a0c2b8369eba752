"""Releases of the API, through the real engine: from the first deployment to a rollback of one."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.release import CANDIDATE, REVISION_HEADER
from operations.errors import Exit, OperationError
from operations.release import __main__ as release_command
from operations.release.gates import Limits, Measured
from operations.release.monitoring import Revision
from operations.release.run import Gates, Patience, ReleaseRun
from operations.service import Address
from operations.smoke import Verdict, smoke
from operations.stack import OperatedStack
from tests.engine import lifecycle, walk
from tests.engine.harness import PACK, ROOT, Engine, Stack
from tests.engine.provider.server import Provider
from tests.engine.small import A, B, C, small_program, small_stack
from tests.operations.killing import killed
from tests.smoke.contract import TOKEN
from tests.standin import StandIn

FINE = Measured(requests=1000, errors=0, latency_p95_ms=200)


@dataclass
class Operator:
    """Somebody who runs the release command, and whom the gates answer as a test wants."""

    stack: Stack
    broken: set[str] = field(default_factory=set)
    """Beginnings of the hosts whose smoke tests fail, whatever the verdict is."""
    verdict: Verdict = field(default_factory=lambda: Verdict(passed=True, reason="passed"))
    measured: Measured = FINE
    later: timedelta = timedelta(hours=1)
    asked: list[Any] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def run(self) -> ReleaseRun:
        """The command, started anew."""
        return ReleaseRun(
            OperatedStack(self.stack._stack, (), lambda _: None),
            Gates(self._smoke, self._measure, Limits()),
            Patience(),
            self.said.append,
            lambda: datetime.now(UTC) + self.later,
        )

    def promote(self, image: str | None = None) -> str:
        return str(self.run().promote(image))

    def rollback(self) -> list[str]:
        service, taken = self.run().back()
        self.run().rollback(service, taken)
        return [str(step) for step in taken]

    def _smoke(self, address: Address) -> Verdict:
        self.asked.append(address)
        host = address.url.removeprefix("https://")
        if any(host.startswith(name) for name in self.broken):
            return Verdict(passed=False, reason="a smoke test failed")
        return self.verdict

    def _measure(self, revision: Revision, seconds: int) -> Measured:
        self.asked.append(revision)
        return self.measured

    @property
    def image(self) -> str:
        return str(self._state("inputs")["template"]["containers"][0]["image"]).rpartition("/")[2]

    @property
    def traffic(self) -> dict[str, int]:
        """How many of 100 requests each revision gets, by its number or as the newest."""
        return {
            target.get("revision", "newest"): int(target.get("percent", 0))
            for target in self._state("inputs")["traffics"]
        }

    def _state(self, what: str) -> Any:
        deployment = self.stack._stack.export_stack().deployment
        assert deployment
        [service] = [it for it in deployment["resources"] if it["urn"].endswith("::apex-api")]
        return service[what]


@pytest.fixture
def operator(engine: Engine, tmp_path: Path) -> Operator:
    """Of a stack whose API has image A."""
    return Operator(small_stack(engine, tmp_path))


def revision(number: int) -> str:
    return f"apex-api-{number:05}-rev"


def test_a_release_goes_step_by_step_to_its_end(operator: Operator) -> None:
    assert operator.promote(A) == "None"

    assert "with 0 %" in operator.promote(B)
    assert operator.image == B
    assert operator.traffic == {revision(1): 100, "newest": 0}
    assert operator.asked == []

    for percent in (50, 100):
        assert f"{percent} %" in operator.promote()
        assert operator.traffic == {revision(1): 100 - percent, revision(2): percent}
    address = Address("https://candidate---apex-api-abcdef.a.run.app")
    measured = Revision("a-project", "apex-api", revision(2))
    assert operator.asked == [address, measured, address]

    assert "serves everything" in operator.promote()
    assert operator.traffic == {"newest": 100}
    assert operator.image == B
    assert operator.promote() == "None"
    assert "no release is under way" in operator.run().status()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_what_fails_its_smoke_tests_is_rolled_back(operator: Operator, steps: int) -> None:
    operator.promote(B)
    for _ in range(steps - 1):
        operator.promote()
    operator.broken = {"candidate"}

    with pytest.raises(OperationError, match="rolled back: a smoke test failed") as error:
        operator.promote()

    assert error.value.exit is Exit.REFUSED
    assert operator.traffic == {"newest": 100}
    assert operator.image == A


def test_what_its_users_see_fail_is_rolled_back(operator: Operator) -> None:
    operator.promote(B)
    operator.promote()
    operator.measured = Measured(requests=1000, errors=50, latency_p95_ms=200)

    with pytest.raises(OperationError, match=r"rolled back: 5\.0% of 1000 requests failed"):
        operator.promote()

    assert operator.traffic == {"newest": 100}
    assert operator.image == A


def test_what_is_not_known_changes_nothing(operator: Operator) -> None:
    operator.promote(B)
    operator.promote()
    traffic = operator.traffic

    operator.later = timedelta(minutes=1)
    with pytest.raises(OperationError, match="try again in 9 min, 10 min after the last") as error:
        operator.promote()
    assert error.value.exit is Exit.NOT_YET

    operator.later = timedelta(hours=1)
    operator.measured = Measured(requests=3, errors=0, latency_p95_ms=1)
    with pytest.raises(OperationError, match="3 requests are too few") as error:
        operator.promote()
    assert error.value.exit is Exit.NOT_YET
    assert operator.traffic == traffic


def test_a_candidate_that_does_not_start_gets_nobody(
    operator: Operator, provider: Provider
) -> None:
    provider.broken_images.add(f"example.com/apex/{B}")

    with pytest.raises(OperationError, match="deployment of stack staging failed") as error:
        operator.promote(B)

    assert error.value.exit is Exit.FAILED
    assert operator.traffic == {"newest": 100}
    assert operator.image == A
    provider.broken_images.clear()
    assert "with 0 %" in operator.promote(B)


def test_two_releases_at_once_are_one_too_many(operator: Operator) -> None:
    operator.promote(B)

    for second in (operator.promote, operator.run().deploy):
        with pytest.raises(OperationError, match=r"a release of \S+ is under way") as error:
            second(C)
        assert error.value.exit is Exit.BUSY
    assert operator.image == B


def test_a_release_that_somebody_else_moves_stops(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.promote(B)
    other = Operator(operator.stack)

    def smoke(_: Address) -> Verdict:
        other.promote()
        return Verdict(passed=True, reason="passed")

    monkeypatch.setattr(operator, "_smoke", smoke)
    with pytest.raises(OperationError, match="somebody else has moved the release") as error:
        operator.promote()

    assert error.value.exit is Exit.BUSY
    assert operator.traffic == {revision(1): 50, revision(2): 50}


def test_a_deployment_under_way_is_waited_for(operator: Operator) -> None:
    """The engine itself keeps two from deploying at once, by a lock in the backend."""
    seen: list[OperationError] = []

    def program() -> None:
        small_program()
        try:
            Operator(operator.stack).run().promote(B)
        except OperationError as error:
            seen.append(error)

    operator.stack._stack.up(program=program)

    [error] = seen
    assert error.exit is Exit.BUSY
    assert "another update of stack staging is under way" in str(error)


def test_a_release_can_be_taken_back_after_its_end_and_once_only(operator: Operator) -> None:
    operator.promote(B)
    while operator.promote() != "None":
        pass

    assert operator.rollback() == [f"deploy {A} again"]
    assert operator.image == A
    assert operator.traffic == {"newest": 100}

    # Two who are called at night do not undo each other's rollback.
    with pytest.raises(
        OperationError, match=r"the last deployment was a rollback, to \S+/apex"
    ) as it:
        operator.rollback()
    assert it.value.exit is Exit.BUSY
    assert "with 0 %" in operator.promote(B)


def test_without_another_image_there_is_nothing_to_go_back_to(operator: Operator) -> None:
    with pytest.raises(OperationError, match="no deployment of another image"):
        operator.rollback()


def test_a_deployment_makes_another_image_the_candidate(operator: Operator) -> None:
    assert operator.run().deploy(None) == "deploy the program"
    assert operator.traffic == {"newest": 100}
    assert operator.asked == []

    for _ in range(2):  # a second time it is only tested
        assert operator.run().deploy(B) == f"have {B} as the candidate"
        assert operator.traffic == {revision(1): 100, "newest": 0}
    assert len(operator.asked) == 2

    operator.stack.configure(api_image=A, api_stable_revision="")
    assert f"apex/{B}" in operator.run().hold()
    assert set(operator.stack.preview().changes) == {"same"}


def test_a_candidate_that_fails_where_the_others_pass_is_taken_back(operator: Operator) -> None:
    operator.broken = {"candidate"}
    with pytest.raises(OperationError, match="rolled back: a smoke test failed"):
        operator.run().deploy(B)
    assert operator.image == A
    assert operator.traffic == {"newest": 100}

    # Where both fail it is not the candidate's fault: a token has ended, the network is away.
    operator.broken = {"candidate", "apex-api"}
    with pytest.raises(OperationError, match="fail for what serves now, too") as error:
        operator.run().deploy(B)
    assert error.value.exit is Exit.NOT_JUDGED
    assert operator.traffic == {revision(3): 100, "newest": 0}
    operator.stack.configure(owner="other")
    with pytest.raises(OperationError, match="nothing else is deployed before it is promoted"):
        operator.run().deploy(B)


def test_whoever_waits_stops_when_somebody_takes_it_back(operator: Operator) -> None:
    operator.promote(B)
    operator.promote()
    operator.later = timedelta(minutes=1)
    other = Operator(operator.stack)

    def wait() -> None:
        other.rollback()

    with pytest.raises(OperationError, match="somebody else has moved the release") as error:
        operator.run().promote_to_end(B, may_begin=True, wait=wait, tell=operator.asked.append)

    assert error.value.exit is Exit.BUSY
    assert operator.image == A
    assert operator.traffic == {"newest": 100}


def test_an_approval_that_comes_late_begins_nothing(operator: Operator) -> None:
    operator.run().promote_to_end(B, may_begin=False, wait=lambda: None, tell=operator.asked.append)
    assert operator.asked == []
    assert operator.image == A


def test_another_template_is_no_step_of_a_release(operator: Operator) -> None:
    operator.promote(B)
    operator.stack.configure(owner="other")

    with pytest.raises(OperationError, match=r"would change more of the service \(template\)"):
        operator.promote()
    assert operator.traffic == {revision(1): 100, "newest": 0}


def test_the_first_deployment_is_like_any(operator: Operator) -> None:
    assert operator.stack.destroy().succeeded
    new = operator.run()

    assert "has not been deployed" in new.hold()
    with pytest.raises(OperationError, match="apex-api is not in the state of stack staging"):
        new.status()
    assert new.deploy(A) == "deploy the program"
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize(
    ("where", "steps"),
    [("set_all_config", 4), ("up", 2)],  # each step is done twice, or the next one is done
    ids=["when its config was set", "when it was deployed"],
)
def test_a_release_that_is_killed_at_each_step_comes_to_its_end(
    operator: Operator, where: str, steps: int
) -> None:
    for _ in range(steps):
        with killed(operator.stack._stack, where):
            operator.promote(B)
        operator.promote(B)
        assert sum(operator.traffic.values()) == 100

    assert operator.promote(B) == "None"
    assert operator.image == B
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_release_that_was_killed_can_be_rolled_back(operator: Operator, steps: int) -> None:
    for _ in range(steps - 1):
        operator.promote(B)
    with killed(operator.stack._stack, "up"):
        operator.promote(B)

    operator.rollback()
    assert operator.image == A
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize("where", ["set_all_config", "up"])
def test_a_rollback_that_was_killed_goes_on(operator: Operator, where: str) -> None:
    operator.promote(B)
    operator.promote()
    with killed(operator.stack._stack, where):
        operator.rollback()

    operator.rollback()

    assert operator.image == A
    assert operator.traffic == {"newest": 100}


@pytest.fixture
def command(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """`scripts/release`, for the operator's stack and gates."""
    monkeypatch.setattr(release_command, "_release", lambda *_: operator.run())
    return CliRunner()


def test_the_command_says_what_it_would_do_and_does_it(
    operator: Operator, command: CliRunner
) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        result = command.invoke(release_command.app, [*arguments, "--stack", "staging"])
        assert result.exit_code == code, result.output
        return result.output

    assert "no release is under way" in said("status")
    plan = said("plan", "--image", B)
    assert f"promote would deploy {B} as the candidate, with 0 %" in plan
    assert "rollback is not possible: there is no deployment of another image" in plan
    assert operator.image == A

    assert f"done: deploy {B} as the candidate" in said("promote", "--image", B)
    assert re.search(rf"candidate +{revision(2)} +0 %", said("status"))
    assert "a release of" in said("promote", "--image", C, code=Exit.BUSY)
    done = said("promote", "--all")
    assert "done: end the release" in done
    assert done.endswith("nothing more to do\n")

    assert "Roll back?" in said("rollback", code=1)  # nobody says yes
    assert operator.image == B
    assert said("rollback", "--yes") == f"done: deploy {A} again\n"
    assert operator.image == A


def test_the_command_waits_where_it_goes_to_the_end(
    operator: Operator, command: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        operator.later = timedelta(hours=1)

    monkeypatch.setattr("operations.release.__main__.time.sleep", wait)
    operator.promote(B)
    operator.promote()
    operator.later = timedelta(minutes=1)
    result = command.invoke(release_command.app, ["promote", "--all", "--stack", "staging"])

    assert result.exit_code == 0
    assert waits == [60]
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("", "there is no stack nowhere: pulumi stack ls\n"),
        ("/not-there", "stack nowhere cannot be selected: error: unable to open state directory"),
    ],
)
def test_a_stack_that_is_not_there_is_named(
    path: str, tmp_path: Path, backend: str, said: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "operations.release", "status", "--stack", "nowhere"],
        cwd=ROOT,
        env={
            "PATH": path,
            "HOME": str(tmp_path),
            "PULUMI_BACKEND_URL": f"{tmp_path.as_uri()}{backend}",
            "PULUMI_HOME": str(tmp_path / "pulumi"),
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase for tests",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == Exit.NOT_JUDGED
    assert run.stderr.startswith(f"release: {said}")
    assert run.stderr.count("\n") == 1


@pytest.mark.no_cover
@pytest.mark.usefixtures("saved_once")
def test_the_whole_infrastructure_is_released_and_rolled_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the policy pack before each deployment, and the real smoke tests of a stand-in."""
    stack = engine.infrastructure("production")
    lifecycle.comes_up(stack)
    said: list[str] = []
    with StandIn() as api:
        monkeypatch.setenv(TOKEN, api.token)
        run = ReleaseRun(
            OperatedStack(stack._stack, [PACK], said.append),
            Gates(
                # The domain leads nowhere here; the header leads to the candidate.
                lambda address: smoke(replace(address, url=api.url), said.append),
                lambda *_: FINE,
                Limits(),
            ),
            Patience(),
            said.append,
            lambda: datetime.now(UTC) + timedelta(hours=1),
        )
        image = f"apex-api@{walk.DIGEST}"
        assert "as the candidate, with 0 %" in str(run.promote(image))
        assert "send 100 %" in str(run.promote(None))
        assert api.requests
        assert all(asked.headers[REVISION_HEADER] == CANDIDATE for asked in api.requests)
        service, taken = run.back()
        run.rollback(service, taken)
        assert len(taken) == 3
        assert "no release is under way: apex-api-00003-rev" in run.status()
    assert "4 passed" in "".join(said)
