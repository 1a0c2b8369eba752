"""What ranges have in common, and what they leave."""

from __future__ import annotations

import pytest

from apex_guardrails.gcp.range_sets import are_ranges, intersect, invert
from apex_guardrails.model import UNKNOWN


@pytest.mark.parametrize(
    ("some", "others", "both"),
    [
        (["10.0.0.0/8"], ["10.1.0.0/16", "11.0.0.0/8"], ["10.1.0.0/16"]),
        (["10.0.0.0/8"], ["2000::/3"], []),
        (["2600::/12"], ["::/0"], ["2600::/12"]),
        (["10.0.0.0/9", "10.128.0.0/9"], ["0.0.0.0/0"], ["10.0.0.0/8"]),
        ([], ["0.0.0.0/0"], []),
    ],
)
def test_what_two_lists_have_in_common(some: list[str], others: list[str], both: list[str]) -> None:
    assert intersect(some, others) == both == intersect(others, some)


@pytest.mark.parametrize(
    ("without", "rest"),
    [
        ([], ["0.0.0.0/0", "2000::/3"]),
        (["0.0.0.0/0"], ["2000::/3"]),
        (["128.0.0.0/1", "::/0"], ["0.0.0.0/1"]),
        (["64.0.0.0/2", "3000::/4"], ["0.0.0.0/2", "128.0.0.0/1", "2000::/4"]),
        (["0.0.0.0/0", "2000::/3"], []),
    ],
)
def test_what_ranges_leave(without: list[str], rest: list[str]) -> None:
    assert invert(without) == rest


@pytest.mark.parametrize("other", ["office", "10.0.0.0/33", UNKNOWN, None])
def test_what_is_no_range(other: object) -> None:
    assert are_ranges(["10.0.0.0/8", "::/0"])
    assert not are_ranges(["10.0.0.0/8", other])
