"""Whom a list of ranges admits."""

from __future__ import annotations

from typing import Any

import pytest

from policies.model import UNKNOWN, Resource, ResourceType, Secret, Stack, UndecidedError
from policies.model.google.admitted import Admitted, admitted
from policies.model.google.public_space import WideRanges

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
        (QUARTERS[:1], Admitted("28 % of the public IPv4 addresses", "a.b[0]")),
        ([UNKNOWN, *QUARTERS], Admitted(ALL, "a.b", "a.b[0]")),
        (["office", *QUARTERS], Admitted(ALL, "a.b", "a.b[0]")),
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


def test_how_much_is_too_much() -> None:
    assert whom(["8.0.0.0/9"], widest_ipv4=10).share == "0.23 % of the public IPv4 addresses"


def test_what_it_takes_to_decide() -> None:
    assert whom(["10.0.0.0/8"]).is_certainly_not_public
    assert not whom(["10.0.0.0/8", UNKNOWN]).is_certainly_not_public
    whom(QUARTERS).require()
    whom([UNKNOWN, "::/0"]).require()
    whom([]).require()
    with pytest.raises(UndecidedError) as error:
        whom(["10.0.0.0/8", UNKNOWN]).require()
    assert error.value.path == "a.b[1]"
