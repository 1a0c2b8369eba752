"""Releases of the API, through the real engine: from the first deployment to a rollback of one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.errors import Exit, OperationError
from operations.release.gates import Measured
from operations.release.monitoring import Revision
from operations.service import Address
from operations.smoke import SmokeResult
from tests.engine.provider.server import Provider
from tests.engine.releasing import Operator, revision
from tests.engine.small import A, B, C, small_program


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

    def smoke(_: Address) -> SmokeResult:
        other.promote()
        return SmokeResult(passed=True, reason="passed")

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
    with pytest.raises(OperationError, match="promote it to its end, or roll it back"):
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
