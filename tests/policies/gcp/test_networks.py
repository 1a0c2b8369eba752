"""Address ranges and ports."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.networks import (
    ALL_PORTS,
    is_single,
    is_within,
    overlaps,
    port_ranges,
    ports_of,
    whole_number,
)
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError


def entry(**inputs: Any) -> Resource:
    return Resource("urn", ResourceType("t:m:T"), inputs, Stack("s", "p"))


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        (None, [ALL_PORTS]),
        ([], [ALL_PORTS]),
        (["22"], [range(22, 23)]),
        (["22", "80-443"], [range(22, 23), range(80, 444)]),
        ([22], [range(22, 23)]),
        ([22.0], [range(22, 23)]),
        ([" 20 - 25", "22 "], [range(20, 26), range(22, 23)]),
        (["25-20"], [range(25, 21)]),
        ([22.5, True, "-22", "1-2-3"], []),
        (["ssh"], []),
    ],
)
def test_ports(ports: Any, found: list[range]) -> None:
    assert list(port_ranges(entry(ports=ports))) == found


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_a_port_is_the_same_however_it_is_written(first: int, last: int) -> None:
    alone = range(first, first + 1)
    assert ports_of(first) == ports_of(float(first)) == ports_of(str(first)) == alone
    assert ports_of(f"{first}-{last}") == range(first, last + 1)


@given(
    st.none() | st.text() | st.booleans() | st.just(UNKNOWN) | st.floats(-1, 0, exclude_max=True)
)
def test_what_is_no_number(value: Any) -> None:
    if not str(value).strip().removesuffix(".0").isdecimal():
        assert whole_number(value) is None


@pytest.mark.parametrize("ports", [UNKNOWN, [UNKNOWN]])
def test_ports_that_are_not_known(ports: Any) -> None:
    with pytest.raises(UndecidedError):
        list(port_ranges(entry(ports=ports)))


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("8.8.8.8", True),
        ("8.8.8.8/32", True),
        ("::1/128", True),
        ("8.8.8.8/31", False),
        ("x", False),
    ],
)
def test_one_address(text: str, *, single: bool) -> None:
    assert is_single(text) is single


@pytest.mark.parametrize(
    ("one", "other", "within", "overlap"),
    [
        ("10.0.0.0/24", "10.0.0.0/8", True, True),
        ("10.0.0.0/24", "10.0.0.0/24", True, True),
        ("10.0.0.0/8", "10.0.0.0/24", False, True),
        ("10.0.0.0/24", "10.0.1.0/24", False, False),
        ("fd00::/64", "fd00::/48", True, True),
        ("fd00::/48", "fd00::/64", False, True),
        ("fd00::/48", "10.0.0.0/8", False, False),
        ("10.0.0.0/8", "::/0", False, False),
        ("somewhere", "10.0.0.0/8", False, False),
        ("10.0.0.0/8", None, False, False),
        (UNKNOWN, "10.0.0.0/8", False, False),
    ],
)
def test_two_ranges(one: Any, other: Any, *, within: bool, overlap: bool) -> None:
    assert is_within(one, other) is within
    assert overlaps(one, other) is overlaps(other, one) is overlap
