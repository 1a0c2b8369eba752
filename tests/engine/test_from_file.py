"""What Pulumi writes of a preview is judged; by every rule, in test_parity.py."""

from __future__ import annotations

from pathlib import Path

import pulumi_gcp as gcp
import pytest

from apex_guardrails.model import Outcome
from apex_guardrails.runs.from_file import judge_file
from tests.engine.harness import Engine
from tests.engine.small import small_stack

# tests/policies covers the sources: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


def test_our_own_stack(engine: Engine, tmp_path: Path) -> None:
    stack = engine.infrastructure("dev")
    recorded = stack.recorded(tmp_path)

    judgement = judge_file(recorded.digest).judgement

    assert judgement.exit_code == 0
    assert judgement.is_complete
    assert judgement.summary.startswith("dev may be deployed (")
    undecided = {item.rule for item in judgement.findings if item.outcome is Outcome.UNDECIDED}
    assert undecided == {"iam-wif-binding-not-whole-pool"}


def test_what_stays_as_it_is(engine: Engine, tmp_path: Path) -> None:
    stack = small_stack(engine, tmp_path)
    recorded = stack.recorded(tmp_path)

    digest, log = judge_file(recorded.digest).judgement, judge_file(recorded.log).judgement

    # A preview lists what changes; the log has all.
    assert digest.exit_code == 3
    assert any("pulumi preview --json --show-sames" in note for note in digest.notes)
    assert log.is_complete
    assert "apex-api" in {item.name for item in log.resources}


def test_a_program_that_fails(engine: Engine, tmp_path: Path) -> None:
    def fails() -> None:
        gcp.storage.Bucket("data", location="EU")
        raise ValueError("the program's own mistake")

    recorded = engine.stack(fails).recorded(tmp_path)

    for file in (recorded.digest, recorded.log):
        judgement = judge_file(file).judgement
        assert judgement.exit_code == 3
        assert any("the program's own mistake" in error for error in judgement.program_errors)
