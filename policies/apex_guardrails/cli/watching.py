"""`apex preview --watch`: shows each judgement, and what has changed since the last one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.reports import console
from apex_guardrails.reports.since import render_since
from apex_guardrails.reports.terminal import Page, StandardOutput
from apex_guardrails.runs.watch import Judge, Round, watch
from apex_guardrails.support.errors import ApexError, OwnRulesError, UsageError, as_shown
from apex_guardrails.support.files import working_directory

_MOST_NAMES = 3
"""Changed files that are named, and not counted alone."""


def show_rounds(  # noqa: PLR0913 each is a matter of its own
    judge: Judge,
    program: Path,
    deliver: Callable[[RunResult], None],
    *,
    files: Sequence[Path],
    written: Sequence[Path],
    is_verbose: bool,
) -> None:
    """Judges whenever a file is saved, until it is interrupted.

    Args:
        judge: what is done each time.
        program: the folder with the `Pulumi.yaml`.
        deliver: writes the reports of a judgement.
        files: what counts besides the files in that folder.
        written: files and folders that we write.
        is_verbose: whether what is in order is listed, too.

    Raises:
        PackError: the pack fails its own cases.
    """
    # Closed at once when it is interrupted, and the processes with it.
    with closing(watch(judge, program, files, written)) as rounds:
        for each in rounds:
            try:
                _show(each, is_verbose=is_verbose)
                if isinstance(each.result, RunResult):
                    deliver(each.result)
            except (UsageError, OwnRulesError) as error:
                _complain(error)
            _close(each)


def _show(each: Round, *, is_verbose: bool) -> None:
    output = StandardOutput()
    page = Page(output)
    # Without colours there are no other commands to a terminal either.
    if output.is_terminal and output.color_system:
        output.clear()
    elif each.changed:
        page.line()
    time = each.time.strftime("%H:%M:%S")
    page.line(f"--- {time}  {_named(each.changed)} ---")
    if isinstance(each.result, ApexError):
        raise each.result
    report = console.Report(each.result.judgement, page, each.result.root, is_verbose)
    if each.base is not None:
        base, when = each.base
        render_since(base, when.strftime("%H:%M:%S"), report)
    page.line()
    console.render(report.judgement, output, root=report.root, is_verbose=is_verbose)


def _close(each: Round) -> None:
    """How long it took, at the end, where a terminal is read."""
    what = "nothing was judged" if isinstance(each.result, ApexError) else "judged"
    Page(StandardOutput()).line(
        f"{what} in {each.seconds:.1f} s; waiting for changes (Ctrl-C ends)"
    )
    sys.stdout.flush()


def _named(changed: Sequence[Path]) -> str:
    """The changed files, as seen from the working directory where they are below it."""
    here = working_directory()
    names = [
        os.fspath(path.relative_to(here) if here and path.is_relative_to(here) else path)
        for path in changed[:_MOST_NAMES]
    ]
    if len(changed) > _MOST_NAMES:
        names.append(f"{len(changed) - _MOST_NAMES:,} more")
    return f"{', '.join(names)} changed" if names else "watching"


def _complain(error: ApexError) -> None:
    """Shows why nothing was judged, where errors are shown, after all that was said before."""
    sys.stdout.flush()
    sys.stderr.write(as_shown(str(error)))
    sys.stderr.flush()
