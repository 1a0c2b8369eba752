"""Releases that are killed between two steps, through the real engine."""

from __future__ import annotations

import pytest

from tests.engine.releasing import Operator
from tests.engine.small import A, B
from tests.operations.killing import killed


@pytest.mark.parametrize(
    ("where", "steps"),
    [("set_all_config", 4), ("up", 2)],  # each step is done twice, or the next one is done
    ids=["when its config was set", "when it was deployed"],
)
def test_a_release_that_is_killed_at_each_step_comes_to_its_end(
    operator: Operator, where: str, steps: int
) -> None:
    for _ in range(steps):
        with killed(operator.stack._stack, where):
            operator.promote(B)
        operator.promote(B)
        assert sum(operator.traffic.values()) == 100

    assert operator.promote(B) == "None"
    assert operator.image == B
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_release_that_was_killed_can_be_rolled_back(operator: Operator, steps: int) -> None:
    for _ in range(steps - 1):
        operator.promote(B)
    with killed(operator.stack._stack, "up"):
        operator.promote(B)

    operator.rollback()
    assert operator.image == A
    assert operator.traffic == {"newest": 100}


@pytest.mark.parametrize("where", ["set_all_config", "up"])
def test_a_rollback_that_was_killed_goes_on(operator: Operator, where: str) -> None:
    operator.promote(B)
    operator.promote()
    with killed(operator.stack._stack, where):
        operator.rollback()

    operator.rollback()

    assert operator.image == A
    assert operator.traffic == {"newest": 100}
