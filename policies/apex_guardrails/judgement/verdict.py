"""What is concluded from what was found: the verdict, the exit code, and one line for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apex_guardrails.judgement.entries import VERDICTS, Verdict
from apex_guardrails.model import EnforcementLevel, Finding, Outcome
from apex_guardrails.model.phrases import counted
from apex_guardrails.model.reach import NO_RULE, NOTHING
from apex_guardrails.settings import COST
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from apex_guardrails.judgement.making import Found


@dataclass(frozen=True)
class Conclusion:
    """What a run comes to.

    Attributes:
        exit_code: what `apex` ends with.
        summary: the judgement in one line.
    """

    verdict: Verdict
    exit_code: ExitCode
    summary: str

    @classmethod
    def of(cls, found: Found) -> Conclusion:
        """What is concluded from what was found."""
        blocking = [item for item in found.findings if item.level is EnforcementLevel.MANDATORY]
        code = _exit_code(found, blocking)
        # Nothing is wrong, and nothing was evaluated: no verdict on the stack.
        if code is ExitCode.OK and not found.reach.evaluated:
            sentence = NOTHING if found.reach.is_empty else NO_RULE
            verdict = Verdict.NOTHING_EVALUATED
        else:
            sentence, verdict = _sentence(code, found, blocking), VERDICTS[code]
        return cls(verdict, code, f"{found.stack.name} {sentence} ({_counts(found)})")


def _exit_code(found: Found, blocking: Sequence[Finding]) -> ExitCode:
    if found.errors:
        return ExitCode.PACK_FAILED
    if found.program_errors or not found.is_complete:
        return ExitCode.PROGRAM_FAILED
    if not blocking:
        return ExitCode.OK
    # What cannot be told is no limit that is exceeded.
    is_over = any(item.outcome is Outcome.FAILS for item in blocking)
    if is_over and all(item.rule.service == COST for item in blocking):
        return ExitCode.OVER_BUDGET
    return ExitCode.VIOLATION


def _sentence(code: ExitCode, found: Found, blocking: Sequence[Finding]) -> str:
    """The judgement without its numbers; what no rule is about is not said to be in order."""
    if code is ExitCode.PACK_FAILED:
        return "not evaluated completely: a rule failed"
    if code is ExitCode.PROGRAM_FAILED:
        why = "the program failed" if found.program_errors else "not every resource was seen"
        return f"not evaluated completely: {why}"
    # What a state describes is deployed already.
    words = ("in order", "is") if found.stack.is_deployed else ("be deployed", "may")
    if code is ExitCode.OK:
        return f"{words[1]} {words[0]}"
    return f"{words[1]} not {words[0]}: {counted(len(blocking), 'mandatory finding')}"


def _counts(found: Found) -> str:
    waived = sum(item.waiver is not None for item in found.findings)
    known = sum(item.known_since is not None for item in found.findings)
    open_ones = [
        item
        for item in found.findings
        if item.level is EnforcementLevel.MANDATORY
        or (item.level is EnforcementLevel.ADVISORY and not (item.waiver or item.known_since))
    ]
    fails = sum(item.outcome is Outcome.FAILS for item in open_ones)
    in_force = sum(item.level is not EnforcementLevel.DISABLED for item in found.rules)
    parts = [
        counted(in_force, "rule"),
        counted(fails, "violation"),
        f"{len(open_ones) - fails} undecided",
        *([f"{waived} waived"] if waived else []),
        *([f"{known} known"] if known else []),
    ]
    counts = found.reach.counts()
    separator = "; " if ";" in counts else ", "
    return f"{counts}{separator}{', '.join(parts)}"
