"""What Pulumi writes of a preview gives the findings that the policy pack has in the engine."""

from __future__ import annotations

from pathlib import Path

import pulumi_gcp as gcp
import pytest

from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import STACK_TYPE, Outcome
from apex_guardrails.rules.families.literal_credentials import ROWS as CREDENTIAL_INPUTS
from apex_guardrails.runs.from_file import judge_file
from apex_guardrails.runs.unasked import ABOUT_OUTPUTS, ABOUT_SECRET_CONFIG
from tests.engine.harness import PACK, Engine
from tests.engine.small import small_stack
from tests.engine.test_parity import (
    Key,
    cases_stack,
    through_the_engine,
)

HIDDEN = {
    # A secret's value is not in the files: whether the program wrote it, none of them says.
    *(row.id for row in CREDENTIAL_INPUTS),
    "credentials-not-literal",
    # What is in a secret is not seen, and a location that is one is not known.
    "credentials-no-url-password",
    "locations-allowed-regions",
    "parametermanager-no-plain-credentials",
    "run-env-no-connection-string-password",
}
UNMARKED = "credentials-not-literal"
"""What of the config has no mark is, to whoever does not know the config, written there."""

# tests/policies covers the sources: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


def findings(judgement: Judgement) -> set[Key]:
    assert not judgement.rule_errors
    return {(item.rule, item.urn, item.outcome.value, item.path) for item in judgement.findings}


def test_every_rule(engine: Engine, tmp_path: Path) -> None:
    _, settings, stack = cases_stack(engine, tmp_path)
    in_engine = through_the_engine(stack.preview(packs=[PACK]))
    recorded = stack.recorded(tmp_path)

    digest = judge_file(recorded.digest, settings).judgement
    log = judge_file(recorded.log, settings).judgement

    assert (digest.source, log.source) == (Source.PULUMI_PREVIEW, Source.PULUMI_EVENTS)
    assert (digest.project, digest.stack) == (log.project, log.stack) == ("cases", "dev")
    from_digest, from_log = findings(digest), findings(log)
    unasked = ABOUT_SECRET_CONFIG | HIDDEN
    assert {rule for rule, *_ in in_engine - from_digest} <= unasked | ABOUT_OUTPUTS
    assert {rule for rule, _, outcome, _ in from_digest - in_engine if outcome == "fails"} == {
        UNMARKED
    }
    # What depends on what is not in the log: a rule that asks for it does not decide.
    undecided = {(rule, urn) for rule, urn, outcome, _ in from_log if outcome == "undecided"}
    of_stack = {rule for rule, urn in undecided if STACK_TYPE in urn}
    lost = {it for it in in_engine - from_log if it[:2] not in undecided and it[0] not in of_stack}
    assert {rule for rule, *_ in lost} <= unasked | ABOUT_OUTPUTS
    assert {rule for rule, _, outcome, _ in from_log - in_engine if outcome == "fails"} <= {
        UNMARKED
    }
    # So that the comparison proves something.
    assert len({rule for rule, _, outcome, _ in from_digest if outcome == "fails"}) > 200


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
