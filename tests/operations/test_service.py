"""The API is read from the stack's state."""

from __future__ import annotations

import pytest

from infra.release import Release
from operations.errors import OperationError
from operations.service import Address, read_address, read_service
from tests.operations.states import CANDIDATE, IMAGE, STABLE, service_of, state


def test_who_serves_is_told() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 10)))

    assert service.image == f"{IMAGE}/apex-api:2"
    assert service.ready == service.created == CANDIDATE
    assert service.release == Release(STABLE, CANDIDATE, 10)
    assert service.project == "apex-memory-dev"


def test_a_copys_service_goes_by_its_own_name() -> None:
    """Cloud Monitoring is asked by it; the state knows it as ever."""
    resources = state()
    assert service_of(resources).name == "apex-api"
    resources[1]["inputs"]["name"] = "blue-apex-api"
    assert service_of(resources).name == "blue-apex-api"


def test_an_image_is_known_by_how_the_config_names_it() -> None:
    service = service_of(state())

    assert service.runs("apex-api:2")
    assert service.runs(f"{IMAGE}/apex-api:2")
    assert not service.runs("api:2")
    assert not service.runs("apex-api:20")


def test_a_candidate_is_asked_at_its_own_address() -> None:
    service = service_of(state(Release(STABLE, CANDIDATE, 10)))

    assert service.candidate == Address("https://candidate---apex-api-abcdef-uc.a.run.app")


def test_behind_a_load_balancer_it_is_asked_by_a_header() -> None:
    behind = {"api_url": "https://api.example.com", "api_address": "203.0.113.10"}

    service = service_of(state(Release(STABLE), outputs=behind))

    assert service.candidate == Address("https://api.example.com", {"X-Apex-Revision": "candidate"})


def test_without_a_release_there_is_no_candidate() -> None:
    assert service_of(state()).candidate is None


def test_before_the_first_deployment_it_is_not_there() -> None:
    assert read_service([]) is None
    assert read_service(state()[:1]) is None


def test_one_that_is_about_to_be_deleted_is_not_it() -> None:
    resources = state()
    resources.insert(1, {**resources[1], "delete": True, "inputs": {}})

    assert service_of(resources).image == f"{IMAGE}/apex-api:2"


def test_traffic_of_somebody_elses_is_refused() -> None:
    resources = state()
    resources[1]["inputs"]["traffics"] = [
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": STABLE, "percent": 100}
    ]

    with pytest.raises(
        OperationError,
        match="as no release does it",
    ):
        service_of(resources)


def test_users_are_answered_at_the_stacks_own_address() -> None:
    address = read_address(state(outputs={"api_url": "https://api.example.com/"}))
    assert address == Address("https://api.example.com")
    with pytest.raises(OperationError, match="no output api_url: run pulumi up"):
        read_address(state())


def test_a_revision_that_does_not_serve_yet_is_known() -> None:
    assert service_of(state()).is_ready
    assert not service_of(state(newest=STABLE, created=CANDIDATE)).is_ready


def test_the_order_of_the_traffic_says_nothing() -> None:
    resources = state(Release(STABLE, CANDIDATE, 10))
    resources[1]["inputs"]["traffics"].reverse()

    assert service_of(resources).release == Release(STABLE, CANDIDATE, 10)
