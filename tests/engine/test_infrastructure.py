"""A violation in this repository's program, through the real engine."""

from __future__ import annotations

import pulumi_gcp as gcp
import pytest

from tests.engine.harness import PACK, Engine, run_infrastructure

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


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
