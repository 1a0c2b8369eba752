"""This repository's program and pack through the real engine, as a platform engineer runs them."""

from __future__ import annotations

import pulumi_gcp as gcp
import pytest

from tests.engine.harness import PACK, Engine, run_infrastructure

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_a_preview_of_each_stack_passes(engine: Engine, name: str) -> None:
    run = engine.infrastructure(name).preview(packs=[PACK])

    assert run.succeeded, run.output
    assert set(run.changes) == {"create"}
    assert run.blocking == []


def test_one_violation_fails_the_preview_and_names_rule_and_resource(engine: Engine) -> None:
    def program() -> None:
        run_infrastructure()
        gcp.compute.Firewall(
            "open-door",
            network="default",
            allows=[{"protocol": "tcp", "ports": ["22"]}],
            source_ranges=["0.0.0.0/0"],
        )

    run = engine.infrastructure("dev", program).preview(packs=[PACK])

    assert run.exit_code == 1
    assert {violation.rule for violation in run.blocking} == {"firewall-ssh-not-public"}
    for violation in run.blocking:
        assert violation.urn
        assert violation.urn.endswith("::gcp:compute/firewall:Firewall::open-door")
        assert violation.rule in run.output
    assert "gcp:compute:Firewall: open-door" in run.output


def test_dev_comes_up_settles_and_is_destroyed(engine: Engine) -> None:
    stack = engine.infrastructure("dev")

    first = stack.up(packs=[PACK])
    assert first.succeeded, first.output
    assert set(first.changes) == {"create"}

    again = stack.up(packs=[PACK])
    assert set(again.changes) == {"same"}
    assert again.outputs == first.outputs

    gone = stack.destroy()
    assert gone.succeeded, gone.output
    assert gone.changes == {"delete": first.changes["create"]}
