"""Whom a list of ranges admits."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.admitted import Admitted, SomeRange, admitted, of_ranges, ranges_at
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Secret, Stack, UndecidedError

QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]
ALL = "the whole internet"


def whom(ranges: Any, member: str = "", **limits: int) -> Admitted:
    resource = Resource("urn", ResourceType("t:m:T"), {"a": {"b": ranges}}, Stack("s", "p"))
    return admitted(resource.at("a"), "b", WideRanges(**limits), member=member)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (None, Admitted()),
        ([], Admitted()),
        ([None], Admitted()),
        (["10.0.0.0/8", "203.0.113.7"], Admitted()),
        (["10.0.0.0/8", "0.0.0.0/0"], Admitted(ALL, "a.b[1]")),
        (["0.0.0.0/0", "0.0.0.0/0"], Admitted(ALL, "a.b[0]")),
        (QUARTERS, Admitted(ALL, "a.b")),
        ("::/0", Admitted(ALL, "a.b")),
        (QUARTERS[:1], Admitted("28% of the public IPv4 addresses", "a.b[0]")),
        ([UNKNOWN, *QUARTERS], Admitted(ALL, "a.b", "a.b[0]")),
        (["office", *QUARTERS], Admitted(ALL, "a.b", "a.b[0]")),
        (["office", "::/0"], Admitted(ALL, "a.b[1]", "a.b[0]")),
        (UNKNOWN, Admitted(unknown="a.b")),
        (["10.0.0.0/8", UNKNOWN], Admitted(unknown="a.b[1]")),
        (["10.0.0.0/8", "office"], Admitted(unknown="a.b[1]")),
        ([5], Admitted(unknown="a.b[0]")),
        (5, Admitted(unknown="a.b")),
        (Secret([Secret("0.0.0.0/0")]), Admitted(ALL, "a.b[0]")),
        ([Secret(UNKNOWN)], Admitted(unknown="a.b[0]")),
    ],
)
def test_the_ranges_together(ranges: Any, expected: Admitted) -> None:
    assert whom(ranges) == expected


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"value": "10.0.0.0/8"}, {}], Admitted()),
        ([{"value": text} for text in QUARTERS], Admitted(ALL, "a.b")),
        ([{}, {"value": "::/0"}], Admitted(ALL, "a.b[1].value")),
        ([UNKNOWN], Admitted(unknown="a.b[0].value")),
        ([{"value": UNKNOWN}], Admitted(unknown="a.b[0].value")),
        (UNKNOWN, Admitted(unknown="a.b")),
    ],
)
def test_ranges_that_stand_in_elements(ranges: Any, expected: Admitted) -> None:
    assert whom(ranges, member="value") == expected


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([SomeRange(32)], Admitted()),
        ([SomeRange(19)] * 4, Admitted()),
        (["8.0.0.0/8", SomeRange(32)], Admitted(unknown="1")),
        ([SomeRange(7)], Admitted(unknown="0")),
        ([SomeRange(0), "0.0.0.0/0"], Admitted(ALL, "1")),
        ([SomeRange(999)], Admitted()),
    ],
)
def test_a_range_of_a_known_length(ranges: Any, expected: Admitted) -> None:
    found = of_ranges([(str(at), text) for at, text in enumerate(ranges)], WideRanges(), "")
    assert found == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((None, "/32"), SomeRange(32)),
        (("10.", None, ".0/24"), SomeRange(24)),
        ((None, "/32 "), UNKNOWN),
        (("10.0.0.", None), UNKNOWN),
        ((None, "/"), UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_the_known_end_of_a_range(parts: Any, expected: Any) -> None:
    known = {("a", 0): parts, ("b", 0, "c"): parts} if parts else None
    inputs = {"a": [UNKNOWN], "b": [{"c": UNKNOWN}]}
    resource = Resource("urn", ResourceType("t:m:T"), inputs, Stack("s", "p"), known_parts=known)
    assert list(ranges_at(resource, "a")) == [("a[0]", expected)]
    assert list(ranges_at(resource, "b", "c")) == [("b[0].c", expected)]


def test_how_much_is_too_much() -> None:
    assert whom(["8.0.0.0/9"], widest_ipv4=10).share == "0.23% of the public IPv4 addresses"


def test_what_it_takes_to_decide() -> None:
    assert whom(["10.0.0.0/8"]).is_certainly_not_public
    assert not whom(["10.0.0.0/8", UNKNOWN]).is_certainly_not_public
    whom(QUARTERS).require()
    whom([UNKNOWN, "::/0"]).require()
    whom([]).require()
    with pytest.raises(UndecidedError) as error:
        whom(["10.0.0.0/8", UNKNOWN]).require()
    assert error.value.path == "a.b[1]"
