"""Names of inputs as languages write them."""

from __future__ import annotations

import pytest

from apex_guardrails.support.names import snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ipv4Enabled", "ipv4_enabled"),
        ("name", "name"),
        ("enableL4IlbSubsetting", "enable_l4_ilb_subsetting"),
    ],
)
def test_names_are_in_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected
