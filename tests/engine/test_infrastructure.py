"""This repository's program through the real engine: it deploys, settles and goes away again."""

from __future__ import annotations

import pytest

from tests.engine.harness import Engine


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_a_preview_of_each_stack_succeeds(engine: Engine, name: str) -> None:
    run = engine.infrastructure(name).preview()

    assert run.succeeded, run.output
    assert set(run.changes) == {"create"}


def test_dev_comes_up_settles_and_is_destroyed(engine: Engine) -> None:
    stack = engine.infrastructure("dev")

    first = stack.up()
    assert first.succeeded, first.output
    assert set(first.changes) == {"create"}

    again = stack.up()
    assert set(again.changes) == {"same"}
    assert again.outputs == first.outputs

    gone = stack.destroy()
    assert gone.succeeded, gone.output
    assert gone.changes == {"delete": first.changes["create"]}
