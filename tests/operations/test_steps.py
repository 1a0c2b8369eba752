"""What a release does next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.release import Release, release_of
from operations.errors import Exit, OperationError
from operations.release.steps import Kind, Step, back, forward
from operations.service import Service
from tests.operations.states import CANDIDATE, STABLE, service_of, state

PERCENTAGES = st.sets(st.integers(1, 99), max_size=5).map(lambda found: (*sorted(found), 100))


class CloudRun:
    """The service, as each step leaves it. Every template is another revision."""

    def __init__(self) -> None:
        self.revisions = ["apex-api-00001-rev"]
        self.image = "apex-api:1"
        self.release = Release()

    def service(self) -> Service:
        """As it is read from the state."""
        return service_of(state(self.release, image=self.image, newest=self.revisions[-1]))

    def do(self, step: Step) -> None:
        """Deploys; refuses what Cloud Run would refuse."""
        config = step.config()
        image = config["api-image"].rpartition("/")[2]
        if image != self.image:
            self.revisions.append(f"apex-api-{len(self.revisions) + 1:05}-rev")
        self.image = image
        self.release = Release(
            config["api-stable-revision"],
            config["api-candidate-revision"],
            int(config["api-candidate-percent"]),
        )
        traffic = self.release.traffic()
        assert sum(target.get("percent", 0) for target in traffic) == 100
        named = {target["revision"] for target in traffic if "revision" in target}
        assert named <= set(self.revisions)

    def shares(self) -> dict[str, int]:
        """How many of 100 requests each image's revision gets."""
        newest = self.revisions[-1]
        return {
            target.get("revision", newest): target.get("percent", 0)
            for target in self.release.traffic()
        }


@given(PERCENTAGES, st.lists(st.booleans(), max_size=30))
def test_whatever_is_done_somebody_serves(percentages: tuple[int, ...], way: list[bool]) -> None:
    cloud = CloudRun()
    stable = cloud.revisions[-1]
    for is_forward in way:
        service = cloud.service()
        if is_forward:
            steps = [forward(service, "apex-api:2", percentages)]
        elif service.release.is_under_way:
            steps = [*back(service, "apex-api:1")]
        else:
            continue
        for step in steps:
            if step is None:
                continue
            cloud.do(step)
            assert sum(cloud.shares().values()) == 100
            if step.kind in (Kind.BEGIN, Kind.WITHDRAW):
                assert cloud.shares()[stable] == 100
        if not cloud.release.is_under_way:
            stable = cloud.revisions[-1]
            cloud.image = "apex-api:1"


@given(PERCENTAGES)
def test_a_release_takes_every_percentage_in_turn(percentages: tuple[int, ...]) -> None:
    cloud = CloudRun()
    seen = []
    while (step := forward(cloud.service(), "apex-api:2", percentages)) is not None:
        cloud.do(step)
        seen.append((step.kind, step.release.percent))

    shifts = [(Kind.SHIFT, percent) for percent in percentages]
    assert seen == [(Kind.BEGIN, 0), *shifts, (Kind.FINISH, 0)]


def test_a_candidate_that_is_not_ready_is_not_sent_to() -> None:
    service = service_of(state(Release(STABLE), newest=STABLE))

    with pytest.raises(OperationError, match="the candidate is not ready"):
        forward(service, "apex-api:2", (100,))


def test_one_release_at_a_time() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 10)))

    with pytest.raises(OperationError, match="promote it to its end, or roll it back") as error:
        forward(service, "apex-api:3", (100,))
    assert error.value.exit is Exit.NOT_YET


def test_requests_go_back_before_the_image_does() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 50)))

    steps = back(service, "apex-api:1")

    assert [step.kind for step in steps] == [Kind.WITHDRAW, Kind.RESTORE]
    assert [str(step) for step in steps] == [
        f"send all requests back to {STABLE}",
        "deploy apex-api:1 again, and end the release",
    ]


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
