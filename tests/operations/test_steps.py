"""What a release does next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.release import Release, release_of
from operations.errors import Exit, OperationError
from operations.release.steps import Kind, Step, back, forward
from operations.service import Service
from tests.operations.states import CANDIDATE, IMAGE, STABLE, service_of, state

PERCENTAGES = st.sets(st.integers(1, 99), max_size=5).map(lambda found: (*sorted(found), 100))


class CloudRun:
    """The service, as each step leaves it. Every other template is another revision."""

    def __init__(self) -> None:
        self.images = ["apex-api:1"]
        self.is_ready = True
        """Whether new revisions come to serve."""
        self.ready = 1
        """How many of the revisions could serve when they were the newest."""
        self.release = Release()

    def service(self) -> Service:
        """As it is read from the state."""
        return service_of(
            state(
                self.release,
                image=self.images[-1],
                newest=_revision(self.ready),
                created=_revision(len(self.images)),
            )
        )

    def do(self, step: Step) -> None:
        """Deploys; refuses what Cloud Run would refuse."""
        config = step.config()
        image = config["api-image"].rpartition("/")[2]
        if image != self.images[-1]:
            self.images.append(image)
        if self.is_ready:
            self.ready = len(self.images)
        self.release = Release(
            config["api-stable-revision"],
            config["api-candidate-revision"],
            int(config["api-candidate-percent"]),
        )
        named = {target["revision"] for target in self.release.traffic() if "revision" in target}
        assert named <= {_revision(number + 1) for number in range(len(self.images))}

    def serving(self) -> dict[str, int]:
        """How many of 100 requests each image gets. The newest is the newest that can serve."""
        shares: dict[str, int] = {}
        for target in self.release.traffic():
            if percent := target.get("percent", 0):
                number = int(target.get("revision", _revision(self.ready)).split("-")[2])
                image = self.images[number - 1]
                shares[image] = shares.get(image, 0) + percent
        return shares


def _revision(number: int) -> str:
    return f"apex-api-{number:05}-rev"


@given(PERCENTAGES, st.integers(1, 8), st.booleans())
def test_a_release_that_is_taken_back_leaves_the_old_image(
    percentages: tuple[int, ...], steps: int, ready: bool
) -> None:
    cloud = CloudRun()
    for number in range(steps):
        if number and not cloud.release.is_under_way:
            return  # it is at its end
        step = forward(cloud.service(), "apex-api:2", percentages)
        assert step
        cloud.do(step)
    cloud.is_ready = ready
    for step in back(cloud.service(), ["apex-api:1"]) if cloud.release.is_under_way else ():
        if step.kind is Kind.FINISH and not cloud.service().is_ready:
            break  # the deployment before it failed
        cloud.do(step)
        # From the first step on it has all requests, whether or not its new revision serves.
        assert cloud.serving() == {"apex-api:1": 100}


def test_a_rollback_that_could_not_restore_begins_there_again() -> None:
    cloud = CloudRun()
    for _ in range(2):
        step = forward(cloud.service(), "apex-api:2", (100,))
        assert step
        cloud.do(step)
    cloud.is_ready = False
    withdraw, restore, _ = back(cloud.service(), ["apex-api:1"])
    cloud.do(withdraw)
    cloud.do(restore)

    again = back(cloud.service(), ["apex-api:1"])

    assert [step.kind for step in again] == [Kind.RESTORE, Kind.FINISH]
    cloud.is_ready = True
    for step in again:
        cloud.do(step)
    assert cloud.serving() == {"apex-api:1": 100}
    assert not cloud.release.is_under_way


@given(PERCENTAGES)
def test_a_release_takes_every_percentage_in_turn(percentages: tuple[int, ...]) -> None:
    cloud = CloudRun()
    seen = []
    while (step := forward(cloud.service(), "apex-api:2", percentages)) is not None:
        cloud.do(step)
        assert sum(cloud.serving().values()) == 100
        seen.append((step.kind, step.release.percent))

    shifts = [(Kind.SHIFT, percent) for percent in percentages]
    assert seen == [(Kind.BEGIN, 0), *shifts, (Kind.FINISH, 0)]
    assert cloud.serving() == {"apex-api:2": 100}


def test_a_candidate_that_is_not_ready_is_not_sent_to() -> None:
    service = service_of(state(Release(STABLE), newest=STABLE, created=CANDIDATE))

    with pytest.raises(OperationError, match=f"the candidate {CANDIDATE} does not serve yet"):
        forward(service, "apex-api:2", (100,))


def test_one_release_at_a_time() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 10)))

    with pytest.raises(OperationError, match="promote it to its end, or roll it back") as error:
        forward(service, "apex-api:3", (100,))
    assert error.value.exit is Exit.BUSY


def test_a_revision_that_nobody_has_tested_gets_no_requests() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 100), newest="apex-api-00009-xyz"))

    with pytest.raises(OperationError, match="apex-api-00009-xyz is newer than the candidate"):
        forward(service, "apex-api:2", (100,))


def test_requests_go_back_before_the_image_does() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 50)))

    assert [str(step) for step in back(service, ["apex-api:1"])] == [
        f"send all requests back to {STABLE}",
        "deploy apex-api:1 again",
        "end the release: apex-api:1 serves everything",
    ]


@pytest.mark.parametrize("settled", [[], ["apex-api:2"], ["apex-api:2", f"{IMAGE}/apex-api:2"]])
def test_the_same_image_by_another_name_is_nothing_to_go_back_to(settled: list[str]) -> None:
    with pytest.raises(OperationError, match="no deployment of another image to go back to"):
        back(service_of(state()), settled)


NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(NAMES, NAMES, st.integers(0, 100))
def test_a_release_is_read_back_from_the_traffic(one: str, other: str, percent: int) -> None:
    releases = [Release(), Release(one)]
    if one != other:
        releases.append(Release(one, other, percent))
    for release in releases:
        traffic = release.traffic()
        assert release_of(traffic) == release
        assert sum(target.get("percent", 0) for target in traffic) == 100
        assert all(value for target in traffic for value in target.values())


@pytest.mark.parametrize(
    ("release", "why"),
    [
        (("", "b", 0), "no stable revision to go back to"),
        (("a", "a", 0), "both the candidate and the stable revision"),
        (("a", "", 10), "no candidate to get 10 %"),
        (("a", "b", 101), "101 is not between 0 and 100"),
        (("a", "b", -1), "-1 is not between 0 and 100"),
        (("A b", "", 0), "'A b' is no revision's name"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused(release: tuple[str, str, int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Release(*release)
