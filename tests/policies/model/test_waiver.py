"""What a waiver covers, and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from apex_guardrails.model import Waiver

URN = "urn:pulumi:dev::shop::t:m:Component$gcp:run/service:Service::api"
CONTENT = {
    "policy": "run-service-not-public",
    "resource": "api",
    "reason": "It is meant for everybody.",
    "owner": "platform-team",
    "expires": "2027-03-31",
}


def waiver(**changes: Any) -> Waiver:
    return Waiver.model_validate(CONTENT | changes)


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("api", True),
        ("a*", True),
        ("*", True),
        ("API", False),
        ("ap", False),
        ("gcp:run/service:Service::api", True),
        ("gcp:run/*::api", True),
        ("gcp:sql/*::api", False),
        ("t:m:Component*::api", False),
        (URN, True),
        ("urn:pulumi:dev::shop::*::api", True),
        ("urn:pulumi:prod::*", False),
    ],
)
def test_which_resources_it_covers(pattern: str, *, covered: bool) -> None:
    assert waiver(resource=pattern).covers("run-service-not-public", URN) is covered


def test_it_covers_its_policy_alone() -> None:
    assert not waiver(resource="*").covers("run-ingress-restricted", URN)


def test_a_name_may_hold_what_separates_the_parts_of_a_urn() -> None:
    assert waiver(resource="t:m:T::a::b").covers(
        "run-service-not-public", "urn:pulumi:s::p::t:m:T::a::b"
    )


def test_it_counts_on_its_last_day() -> None:
    assert not waiver().is_expired(date(2027, 3, 31))
    assert waiver().is_expired(date(2027, 4, 1))


@pytest.mark.parametrize("missing", ["policy", "resource", "reason", "owner", "expires"])
def test_without_what_a_reviewer_signs_it_does_not_load(missing: str) -> None:
    with pytest.raises(ValidationError):
        Waiver.model_validate({key: text for key, text in CONTENT.items() if key != missing})
    with pytest.raises(ValidationError):
        waiver(**{missing: " "})


@pytest.mark.parametrize(
    "end", [20270331, "soon", "2027-02-30", "2027-3-1", None, "2027-03-31T00:00"]
)
def test_an_end_is_a_day(end: Any) -> None:
    with pytest.raises(ValidationError):
        waiver(expires=end)


@given(st.dates(), st.integers(1, 1000))
def test_once_expired_it_stays_expired(day: date, later: int) -> None:
    if waiver().is_expired(day) and day < date(9000, 1, 1):
        assert waiver().is_expired(day + timedelta(days=later))
