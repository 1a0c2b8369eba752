"""What Pulumi writes of a preview, judged, beside the findings of the pack in the engine."""

from __future__ import annotations

from pathlib import Path

from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import STACK_TYPE
from apex_guardrails.rules.families.literal_credentials import ROWS as CREDENTIAL_INPUTS
from apex_guardrails.runs.from_file import judge_file
from apex_guardrails.sources.unasked import ABOUT_OUTPUTS, ABOUT_SECRET_CONFIG
from tests.engine.harness import Recorded

Key = tuple[str, str, str, str]
"""Rule, URN, outcome, path."""

HIDDEN = {
    # A secret's value is not in the files: whether the program wrote it, none of them says.
    *(row.id for row in CREDENTIAL_INPUTS),
    "credentials-not-literal",
    # What is in a secret is not seen, and a location or an image that is one is not known.
    "credentials-no-url-password",
    "locations-allowed-regions",
    "parametermanager-no-plain-credentials",
    "run-env-no-connection-string-password",
    "run-image-pinned",
}
UNMARKED = "credentials-not-literal"
"""What of the config has no mark is, to whoever does not know the config, written there."""


def say_the_same(recorded: Recorded, settings: Path, in_engine: set[Key]) -> None:
    """Compares what is found in both files with what was found in the engine.

    Args:
        recorded: The files, of a preview of the cases of every rule.
        settings: By which they are judged.
        in_engine: The findings of the policy pack.
    """
    digest = judge_file(recorded.digest, settings).judgement
    log = judge_file(recorded.log, settings).judgement

    assert (digest.source, log.source) == (Source.PULUMI_PREVIEW, Source.PULUMI_EVENTS)
    assert (digest.project, digest.stack) == (log.project, log.stack) == ("cases", "dev")
    from_digest, from_log = _findings(digest), _findings(log)
    unasked = ABOUT_SECRET_CONFIG | HIDDEN
    unsaid = {rule for rule, *_ in in_engine - from_digest} - unasked - ABOUT_OUTPUTS
    assert not unsaid, unsaid
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


def _findings(judgement: Judgement) -> set[Key]:
    assert not judgement.rule_errors
    return {(item.rule, item.urn, item.outcome.value, item.path) for item in judgement.findings}
