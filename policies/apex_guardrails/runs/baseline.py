"""Records what is wrong with a stack already, and takes out of the record what is mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apex_guardrails.judgement.entries import FindingEntry
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.model import Identity
from apex_guardrails.settings import COST, BaselineEntry
from apex_guardrails.support.errors import ExitCode, PackError, ProgramError, UsageError
from apex_guardrails.support.files import write_text


@dataclass(frozen=True)
class RecordChange:
    """What becomes of a stack's record.

    Attributes:
        stack: the stack's name.
        path: the file.
        kept: what it had, and has still.
        added: what is recorded for the first time, the worst first.
        removed: what does not occur any more.
        left_out: what stops the deployment still, and why no record is for it.
    """

    stack: str
    path: Path
    kept: Sequence[BaselineEntry]
    added: Sequence[tuple[FindingEntry, BaselineEntry]] = ()
    removed: Sequence[BaselineEntry] = ()
    left_out: Sequence[tuple[FindingEntry, str]] = ()


def record(judge: Callable[[], RunResult], *, grow: bool) -> RecordChange:
    """Records what stops the deployment of a stack today.

    Args:
        judge: judges the stack.
        grow: whether a record that is there already may have more.

    Raises:
        UsageError: a file is missing or not valid, or there is a record that would grow.
        ProgramError: the program failed; of a part of a stack nothing is recorded.
        PackError: the pack failed.
    """
    result = _whole(judge())
    pipeline = result.pipeline
    stack = pipeline.stack
    path, content = pipeline.baseline.record.path, pipeline.baseline.record.content
    if stack in content.stacks and not grow:
        raise UsageError(
            f"{path}: already has a record of {stack}: `apex baseline update` removes what is "
            "fixed; --grow adds what stops it today"
        )
    today = datetime.now(UTC).date()
    added: list[tuple[FindingEntry, BaselineEntry]] = []
    left_out: list[tuple[FindingEntry, str]] = []
    limits = {item.id for item in result.judgement.rules if item.service == COST}
    for finding in result.judgement.blocking:
        if finding.rule in limits:
            left_out.append((finding, "cost limits are set in the settings"))
        elif pipeline.waivers.are_about(finding.rule, finding.urn):
            left_out.append((finding, "its waiver has expired"))
        else:
            added.append((finding, BaselineEntry.of(_identity(finding), today)))
    kept = content.stacks.get(stack, ())
    if added:
        entries = [*kept, *(entry for _, entry in added)]
        write_text(path, content.with_stack(stack, entries).text())
    return RecordChange(stack, path, kept, added, left_out=left_out)


def shrink(judge: Callable[[], RunResult], *, write: bool) -> RecordChange:
    """Takes out of a stack's record what does not occur any more.

    Args:
        judge: judges the stack.
        write: whether the file is written, or left as it is.

    Raises:
        UsageError: a file is missing or not valid, or has no record of the stack.
        ProgramError: the program failed; what was not seen may occur still.
        PackError: the pack failed.
    """
    result = _whole(judge())
    pipeline = result.pipeline
    stack = pipeline.stack
    path, content = pipeline.baseline.record.path, pipeline.baseline.record.content
    if stack not in content.stacks:
        raise UsageError(f"{path}: has no record of {stack}; `apex baseline create` makes one")
    removed = pipeline.baseline.unused()
    kept = [entry for entry in content.stacks[stack] if entry not in removed]
    if removed and write:
        write_text(path, content.with_stack(stack, kept).text())
    return RecordChange(stack, path, kept, removed=removed)


def _whole(result: RunResult) -> RunResult:
    """A result that is of a whole stack."""
    judgement = result.judgement
    if judgement.exit_code == ExitCode.PACK_FAILED:
        raise PackError(
            f"the rule {judgement.rule_errors[0].rule} raised, so nothing is recorded; "
            "`apex preview` shows where"
        )
    if judgement.program_errors:
        raise ProgramError(
            "the program failed, so nothing is recorded:\n" + "\n".join(judgement.program_errors)
        )
    if not judgement.is_complete:
        raise ProgramError(
            "not everything that would be deployed was seen, so nothing is recorded; "
            "`apex preview` says why"
        )
    return result


def _identity(finding: FindingEntry) -> Identity:
    return Identity(
        finding.rule, finding.urn, finding.outcome.value, finding.path, finding.occurrence
    )
